package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.OrdererSection;
import org.blockraft.identity.SignedData;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.intake.OrdererEndpoint;
import org.blockraft.ledger.BlockCursor;
import org.blockraft.ledger.Ledger;
import org.blockraft.ledger.TxPrivateData;
import org.blockraft.ledger.TxStatus;
import org.blockraft.merkle.MerkleException;
import org.blockraft.merkle.ProvedState;
import org.blockraft.merkle.TreePipeline;
import org.blockraft.state.StateKey;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;

/** A joined channel: its ledger and its configuration in force. */
public final class LedgerChannel implements ServedChannel {
  private final Ledger ledger;
  private final Supplier<ChannelConfig> config;
  private final Function<ChannelConfig, List<OrdererEndpoint>> orderers;

  /**
   * @param config the configuration in force at the moment of the call
   * @param orderers {@code OrdererConnections::endpoints}
   */
  public LedgerChannel(
      Ledger ledger,
      Supplier<ChannelConfig> config,
      Function<ChannelConfig, List<OrdererEndpoint>> orderers) {
    this.ledger = ledger;
    this.config = config;
    this.orderers = orderers;
  }

  @Override
  public String id() {
    return ledger.channelId();
  }

  @Override
  public long height() {
    return ledger.height();
  }

  @Override
  public long configSequence() {
    return config.get().sequence();
  }

  @Override
  public Config config() {
    return config.get().config();
  }

  @Override
  public BlockFeed blocks(long from) {
    BlockCursor cursor = ledger.blocks(from);
    return new BlockFeed() {
      @Override
      public Optional<Block> next(Duration wait) throws InterruptedException {
        return cursor.next(wait);
      }

      @Override
      public void close() {
        cursor.close();
      }
    };
  }

  @Override
  public Block blockByTxId(String txId) {
    return ledger.blockByTxId(txId);
  }

  @Override
  public CompletableFuture<TxStatus> status(String txId) {
    return ledger.notifier().status(txId);
  }

  @Override
  public Map<Long, TxPvtReadWriteSet> privateData(long block, SignedData requester) {
    ReadableCollections readable =
        new ReadableCollections(block, ledger.collectionHistory(), config.get().msps(), requester);
    Map<Long, TxPvtReadWriteSet> result = new LinkedHashMap<>();
    for (TxPrivateData tx : ledger.privateData().ofBlock(block, readable)) {
      if (tx.writeSet().getNsPvtRwsetCount() > 0) {
        result.put((long) tx.tx(), tx.writeSet());
      }
    }
    return result;
  }

  @Override
  public Optional<CompletableFuture<ProvedState>> prove(List<StateKey> keys) {
    return ledger.tree().map(tree -> prove(tree, keys));
  }

  private CompletableFuture<ProvedState> prove(TreePipeline tree, List<StateKey> keys) {
    return tree.status().rebuilding()
        ? CompletableFuture.failedFuture(
            new MerkleException("the Merkle tree of " + id() + " is being made from the state"))
        : tree.prove(keys);
  }

  @Override
  public Optional<ByteString> blockHash(long number, Duration wait) throws InterruptedException {
    return ledger.awaitVisible(number + 1, wait)
        ? Optional.of(
            ByteString.copyFrom(BlockHeaders.headerHash(ledger.blockByNumber(number).getHeader())))
        : Optional.empty();
  }

  @Override
  public List<OrdererEndpoint> orderers() {
    return orderers.apply(config.get());
  }

  @Override
  public boolean byzantineOrdering() {
    return config
        .get()
        .orderer()
        .filter(section -> section.consensusType().equals(OrdererSection.BFT))
        .isPresent();
  }

  @Override
  public boolean satisfies(ByteString identity, MSPPrincipal principal) {
    try {
      config.get().msps().deserialize(identity).satisfies(principal);
      return true;
    } catch (IdentityException e) {
      return false;
    }
  }
}
