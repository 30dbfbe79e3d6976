package org.blockraft.intake;

/**
 * Where a chain ends.
 *
 * @param height the number of the next block
 * @param lastHeaderHash the header hash of the last block; empty if it is not known, then the next
 *     block's previous hash is not checked; not to be modified
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier; nobody compares these
public record ChainTip(long height, byte[] lastHeaderHash) {}
