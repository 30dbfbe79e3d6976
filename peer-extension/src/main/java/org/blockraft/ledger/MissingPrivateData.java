package org.blockraft.ledger;

/** A collection's private write set of a transaction that this peer does not have. */
public record MissingPrivateData(long block, int tx, String namespace, String collection) {}
