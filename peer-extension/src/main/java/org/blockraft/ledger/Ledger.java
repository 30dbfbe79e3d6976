package org.blockraft.ledger;

import java.util.Optional;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockchainInfo;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.peer.ProcessedTransaction;

/** One channel's chain and state. Reads are safe for any thread; one thread commits. */
public final class Ledger implements AutoCloseable {

  public String channelId() {
    throw new IllegalStateException("being written");
  }

  /** Number of visible blocks. */
  public long height() {
    throw new IllegalStateException("being written");
  }

  public BlockchainInfo info() {
    throw new IllegalStateException("being written");
  }

  /** The largest unsigned number means the last block. Throws {@link LedgerException} with stock's text. */
  public Block blockByNumber(long number) {
    throw new IllegalStateException("being written");
  }

  public Block blockByHash(byte[] headerHash) {
    throw new IllegalStateException("being written");
  }

  public Block blockByTxId(String txId) {
    throw new IllegalStateException("being written");
  }

  public ProcessedTransaction transactionById(String txId) {
    throw new IllegalStateException("being written");
  }

  public Envelope envelope(long block, int tx) {
    throw new IllegalStateException("being written");
  }

  /** Where the id first occurs; empty if nowhere. */
  public Optional<TxPosition> position(String txId) {
    throw new IllegalStateException("being written");
  }

  public boolean exists(String txId) {
    throw new IllegalStateException("being written");
  }

  public BlockCursor blocks(long from) {
    return new BlockCursor(this, from);
  }

  public CommitNotifier notifier() {
    throw new IllegalStateException("being written");
  }

  public TransientStore transientStore() {
    throw new IllegalStateException("being written");
  }

  public PrivateDataStore privateData() {
    throw new IllegalStateException("being written");
  }

  public CollectionHistory collectionHistory() {
    throw new IllegalStateException("being written");
  }

  /** The last block's commit hash; empty before block 1. */
  public byte[] commitHash() {
    throw new IllegalStateException("being written");
  }

  @Override
  public void close() {
    throw new IllegalStateException("being written");
  }
}
