package org.blockraft.chaincode;

/**
 * What the creator of a transaction may do with a private data collection. Immutable.
 *
 * @param read whether it may read
 * @param write whether it may write
 */
public record CollectionAccess(boolean read, boolean write) {}
