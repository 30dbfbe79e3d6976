package org.blockraft.state;

/** Placeholder height. */
public record Version(long block, long tx) {}
