package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.MspManager;
import org.blockraft.identity.SignedData;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.intake.OrdererEndpoint;
import org.blockraft.ledger.LedgerException;
import org.blockraft.ledger.TxStatus;
import org.blockraft.merkle.ProvedState;
import org.blockraft.state.StateKey;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;

/** A channel whose blocks a test adds by hand. Safe for use by many threads. */
final class ScriptedChannel implements ServedChannel {
  private final String id;
  private final MspManager msps;
  private final List<Block> blocks = new ArrayList<>();
  private final Map<String, TxStatus> committed = new HashMap<>();
  private final Map<String, CompletableFuture<TxStatus>> waiting = new HashMap<>();
  private long configSequence;
  List<OrdererEndpoint> orderers = List.of();
  boolean byzantine;
  Config config = Config.getDefaultInstance();
  Map<Long, TxPvtReadWriteSet> privateData = Map.of();
  volatile Function<List<StateKey>, Optional<CompletableFuture<ProvedState>>> prover =
      _ -> Optional.empty();

  ScriptedChannel(String id, MspManager msps) {
    this.id = id;
    this.msps = msps;
  }

  synchronized void add(Block block) {
    blocks.add(block);
    notifyAll();
  }

  synchronized void configChanged() {
    configSequence++;
  }

  synchronized void commit(TxStatus status) {
    committed.put(status.txId(), status);
    CompletableFuture<TxStatus> waiter = waiting.remove(status.txId());
    if (waiter != null) {
      waiter.complete(status);
    }
  }

  synchronized boolean isAwaited(String txId) {
    return waiting.containsKey(txId);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public synchronized long height() {
    return blocks.size();
  }

  @Override
  public synchronized long configSequence() {
    return configSequence;
  }

  @Override
  public Config config() {
    return config;
  }

  @Override
  public BlockFeed blocks(long from) {
    return new Feed(from);
  }

  @Override
  public synchronized Block blockByTxId(String txId) {
    TxStatus status = committed.get(txId);
    if (status == null) {
      throw new LedgerException("no such transaction ID [" + txId + "] in index");
    }
    return blocks.get((int) status.block());
  }

  @Override
  public synchronized CompletableFuture<TxStatus> status(String txId) {
    TxStatus status = committed.get(txId);
    return status != null
        ? CompletableFuture.completedFuture(status)
        : waiting.computeIfAbsent(txId, _ -> new CompletableFuture<>());
  }

  @Override
  public Map<Long, TxPvtReadWriteSet> privateData(long block, SignedData requester) {
    return privateData;
  }

  @Override
  public Optional<CompletableFuture<ProvedState>> prove(List<StateKey> keys) {
    return prover.apply(keys);
  }

  @Override
  public synchronized Optional<ByteString> blockHash(long number, Duration wait) {
    return number < blocks.size()
        ? Optional.of(
            ByteString.copyFrom(BlockHeaders.headerHash(blocks.get((int) number).getHeader())))
        : Optional.empty();
  }

  @Override
  public List<OrdererEndpoint> orderers() {
    return orderers;
  }

  @Override
  public boolean byzantineOrdering() {
    return byzantine;
  }

  @Override
  public boolean satisfies(ByteString identity, MSPPrincipal principal) {
    try {
      msps.deserialize(identity).satisfies(principal);
      return true;
    } catch (IdentityException e) {
      return false;
    }
  }

  private final class Feed implements BlockFeed {
    private long next;
    private boolean closed;

    Feed(long next) {
      this.next = next;
    }

    @Override
    public Optional<Block> next(Duration wait) throws InterruptedException {
      synchronized (ScriptedChannel.this) {
        long end = System.nanoTime() + wait.toNanos();
        while (!closed && next >= blocks.size() && System.nanoTime() < end) {
          ScriptedChannel.this.wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        }
        return closed || next >= blocks.size()
            ? Optional.empty()
            : Optional.of(blocks.get((int) next++));
      }
    }

    @Override
    public void close() {
      synchronized (ScriptedChannel.this) {
        closed = true;
        ScriptedChannel.this.notifyAll();
      }
    }
  }
}
