package org.blockraft.ledger;

/**
 * How far a channel is on this node's disk.
 *
 * @param height number of blocks
 * @param commitHash the last block's; empty if it has none; not to be modified
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares tips
public record DurableTip(long height, byte[] commitHash) {}
