package org.blockraft.ledger;

/** One collection's private write set of one transaction of a block. */
public record PrivateDataKey(
    long block, int tx, String txId, String namespace, String collection) {}
