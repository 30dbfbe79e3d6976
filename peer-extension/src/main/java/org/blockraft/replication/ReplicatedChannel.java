package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.blockraft.cluster.wire.StateRoot;
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
  void prepare(long number, ByteString body);

  /** Commits the next block. */
  void append(DecidedBlock block);

  /** Reads a block from the disk; null if it cannot be read. */
  void read(long number, Consumer<StoredBlock> then);

  /** Lets clients see the blocks below a height that are, or will be, on the disk. */
  void announce(long height);

  /** Roots of the state at heights at which the other nodes have theirs, too. */
  List<StateRoot> roots();

  /** The root of the state here at a height; empty if it is not known. */
  Optional<ByteString> root(long height);

  /** Whether most members have another state than this node at the same height; called often. */
  void outvoted(boolean otherState);

  /** Another node has other state after the same block: nothing of this channel can be trusted. */
  void diverged(String evidence);
}
