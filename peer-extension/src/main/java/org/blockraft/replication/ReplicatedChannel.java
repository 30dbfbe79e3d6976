package org.blockraft.replication;

import java.util.function.Consumer;
import org.blockraft.coordination.Term;
import org.blockraft.ledger.DurableTip;

/**
 * What a replica needs of its channel on this node: the real channel, or that of the simulation.
 * All calls are made on the loop and return at once; what they cause comes back as calls of the
 * replica, on the loop.
 */
public interface ReplicatedChannel {
  String channelId();

  /** What is on the disk. */
  DurableTip durable();

  /** Number of blocks that clients of this node may see. */
  long announced();

  /** Starts the block flow from the orderers after the last block that is here. */
  void lead(Term term);

  /** Ends the block flow from the orderers, if it runs, and takes appended blocks. */
  void follow();

  /** A block that will be appended unless the leader changes; its signatures may be asked for. */
  void prepare(long number, com.google.protobuf.ByteString body);

  /** Commits the next block. */
  void append(DecidedBlock block);

  /** Reads a block from the disk; null if it cannot be read. */
  void read(long number, Consumer<StoredBlock> then);

  /** Lets clients see the blocks below a height that are, or will be, on the disk. */
  void announce(long height);

  /** Another node has other state after the same block: nothing of this channel can be trusted. */
  void diverged(String evidence);
}
