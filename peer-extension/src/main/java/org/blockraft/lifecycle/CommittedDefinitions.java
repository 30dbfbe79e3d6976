package org.blockraft.lifecycle;

/** The chaincode definitions of one channel. */
public final class CommittedDefinitions {}
