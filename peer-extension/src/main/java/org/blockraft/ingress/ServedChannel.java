package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.blockraft.identity.SignedData;
import org.blockraft.intake.OrdererEndpoint;
import org.blockraft.ledger.TxStatus;
import org.blockraft.merkle.ProvedState;
import org.blockraft.state.StateKey;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;

/**
 * What the services on the peer's port need of one channel: {@link LedgerChannel} over a ledger and
 * the channel's configuration, a hand-written one in tests. Safe for use by many threads.
 */
public interface ServedChannel {
  String id();

  /** Number of committed blocks that clients may know of. */
  long height();

  /** Sequence of the configuration in force. */
  long configSequence();

  /** The configuration in force. */
  Config config();

  /** Blocks from a number on; waits at the end of the chain. */
  BlockFeed blocks(long from);

  /**
   * The block that holds a transaction.
   *
   * @throws org.blockraft.ledger.LedgerException when no block does
   */
  Block blockByTxId(String txId);

  /**
   * A transaction's outcome: at once when it is committed, else when it will be. Who gives up
   * cancels the future; it fails with {@link org.blockraft.ledger.LedgerException} when the ledger
   * closes.
   */
  CompletableFuture<TxStatus> status(String txId);

  /**
   * The private data of one block, by transaction, of the collections that the requester may read.
   *
   * @throws RuntimeException with Fabric's text when it cannot be had
   */
  Map<Long, TxPvtReadWriteSet> privateData(long block, SignedData requester);

  /**
   * Has keys of the state proved.
   *
   * @return empty if no Merkle tree is kept; fails with {@link
   *     org.blockraft.merkle.MerkleException} if the tree cannot answer
   */
  Optional<CompletableFuture<ProvedState>> prove(List<StateKey> keys);

  /**
   * The hash of a block's header, after waiting until clients may know of the block.
   *
   * @return empty if they may not in time
   */
  Optional<ByteString> blockHash(long number, Duration wait) throws InterruptedException;

  /** The orderers of the channel in the order of its configuration. */
  List<OrdererEndpoint> orderers();

  /**
   * Whether the ordering service tolerates byzantine faults, so that a quorum must take a
   * transaction.
   */
  boolean byzantineOrdering();

  /** Whether an identity of this channel is covered by a principal. */
  boolean satisfies(ByteString identity, MSPPrincipal principal);
}
