package org.blockraft.ledger;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.merkle.TreeSettings;
import org.blockraft.state.KeyValueCache;
import org.blockraft.state.KeyValueStore;
import org.blockraft.validate.ValidatedBlock;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All channels' ledgers of this peer. Safe for any thread.
 *
 * <p>Under the root: {@code transient}, one store for all channels, and {@code chains/<channel>}
 * with the channel's status, blocks and store. A channel that was not completely created, or not
 * completely removed, is removed when this is opened.
 *
 * <p>Fabric: core/ledger/kvledger/kv_ledger_provider.go.
 */
public final class Ledgers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ledgers.class);

  private final Path chains;
  private final LedgerSettings settings;
  private final MeterRegistry meters;
  private final PrivateDataCollector.Timing timing;
  private final Consumer<CommitStep> steps;
  private final KeyValueCache cache;
  private final KeyValueStore transients;
  private final ExecutorService treeWorkers;
  private final Map<String, Ledger> open = new HashMap<>();

  /**
   * Opens the stores below the root, which is created if absent.
   *
   * @param root the peer's ledgersData directory
   */
  public Ledgers(Path root, LedgerSettings settings, MeterRegistry meters) {
    this(root, settings, meters, PrivateDataCollector.Timing.REAL, step -> {});
  }

  Ledgers(
      Path root,
      LedgerSettings settings,
      MeterRegistry meters,
      PrivateDataCollector.Timing timing,
      Consumer<CommitStep> steps) {
    this.chains = root.resolve("chains");
    this.settings = settings;
    this.meters = meters;
    this.timing = timing;
    this.steps = steps;
    try {
      Files.createDirectories(chains);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.treeWorkers = treeWorkers(settings);
    this.cache = new KeyValueCache(settings.store().cacheBytes());
    this.transients =
        KeyValueStore.open(
            root.resolve("transient"), List.of(TransientStore.FAMILY), settings.store(), cache);
    removeIncomplete();
  }

  /** As many threads as may hash at a time, and one more that writes checkpoints. */
  private static ExecutorService treeWorkers(LedgerSettings settings) {
    return Executors.newFixedThreadPool(
        1 + settings.tree().map(TreeSettings::threads).orElse(0),
        Thread.ofPlatform().name("merkle-worker-", 0).daemon().factory());
  }

  private void removeIncomplete() {
    for (String channelId : directories()) {
      LedgerStatus status = LedgerStatus.read(directory(channelId));
      if (status != LedgerStatus.ACTIVE && status != LedgerStatus.INACTIVE) {
        LOG.info("Removing ledger [{}], which has status [{}]", channelId, status);
        delete(channelId);
      }
    }
  }

  /**
   * Creates the channel's ledger with its genesis block committed. A failure leaves no ledger.
   *
   * @throws LedgerException if there is one already, with stock's text
   */
  public synchronized Ledger create(Block genesis) {
    String channelId = channelId(genesis);
    Path directory = directory(channelId);
    if (Files.exists(directory)) {
      throw new LedgerException(
          "ledger [%s] already exists with state [%s]"
              .formatted(channelId, LedgerStatus.read(directory)));
    }
    LedgerStatus.UNDER_CONSTRUCTION.write(directory);
    Ledger ledger = null;
    try {
      ledger = openStore(channelId);
      ledger.commit(
          ValidatedBlock.allValid(
              new VerifiedBlock(
                  genesis, genesis.toByteString(), BlockHeaders.headerHash(genesis.getHeader()))));
      LedgerStatus.ACTIVE.write(directory);
      return ledger;
    } catch (RuntimeException e) {
      LOG.error("ledger creation error", e);
      if (ledger != null) {
        ledger.close();
      }
      delete(channelId);
      throw e;
    }
  }

  /**
   * Opens an existing ledger and recovers it; the same object while it is open. Empty if there is
   * none.
   *
   * @throws LedgerException if the ledger is not active
   */
  public synchronized Optional<Ledger> open(String channelId) {
    Ledger already = open.get(channelId);
    if (already != null) {
      return Optional.of(already);
    }
    if (!directories().contains(channelId)) {
      return Optional.empty();
    }
    LedgerStatus status = LedgerStatus.read(directory(channelId));
    if (status != LedgerStatus.ACTIVE) {
      throw new LedgerException(
          "cannot open ledger [%s], ledger status is [%s]".formatted(channelId, status));
    }
    return Optional.of(openStore(channelId));
  }

  private Ledger openStore(String channelId) {
    ChannelStore store =
        new ChannelStore(
            channelId,
            directory(channelId),
            settings,
            cache,
            new TransientStore(transients, channelId),
            treeWorkers);
    boolean opened = false;
    try {
      Ledger ledger = new Ledger(store, settings, meters, timing, steps, () -> forget(channelId));
      open.put(channelId, ledger);
      opened = true;
      return ledger;
    } finally {
      if (!opened) {
        store.close();
      }
    }
  }

  private synchronized void forget(String channelId) {
    open.remove(channelId);
  }

  /** Ids of the active ledgers, sorted. */
  public synchronized List<String> channelIds() {
    return directories().stream()
        .filter(id -> LedgerStatus.read(directory(id)) == LedgerStatus.ACTIVE)
        .toList();
  }

  /** Removes a channel with everything it has; an interrupted removal ends at the next opening. */
  public synchronized void remove(String channelId) {
    if (!directories().contains(channelId)) {
      throw new LedgerException(
          "cannot update ledger status, ledger [%s] does not exist".formatted(channelId));
    }
    Ledger ledger = open.get(channelId);
    if (ledger != null) {
      ledger.close();
    }
    LedgerStatus.UNDER_DELETION.write(directory(channelId));
    delete(channelId);
  }

  /** Removes the channel's files, its status last, so that a rest is known to be incomplete. */
  private void delete(String channelId) {
    new TransientStore(transients, channelId).drop();
    Path directory = directory(channelId);
    Path status = LedgerStatus.file(directory);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(directory) && !file.equals(status)) {
          Files.delete(file);
        }
      }
      Files.deleteIfExists(status);
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> directories() {
    try (Stream<Path> entries = Files.list(chains)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path directory(String channelId) {
    return chains.resolve(channelId);
  }

  private static String channelId(Block genesis) {
    if (genesis.getData().getDataCount() == 0) {
      throw new LedgerException("failed to retrieve channel id - block is empty");
    }
    String channelId =
        BlockHeaders.channelHeader(genesis.getData().getData(0))
            .map(ChannelHeader::getChannelId)
            .orElse("");
    if (channelId.isEmpty()
        || channelId.equals(".")
        || channelId.equals("..")
        || channelId.contains("/")) {
      throw new LedgerException("invalid channel id in genesis block: [" + channelId + "]");
    }
    return channelId;
  }

  @Override
  public void close() {
    List<Ledger> ledgers;
    synchronized (this) {
      ledgers = List.copyOf(open.values());
    }
    ledgers.forEach(Ledger::close);
    treeWorkers.shutdown();
    transients.close();
    cache.close();
  }
}
