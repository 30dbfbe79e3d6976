package org.blockraft.ledger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.blockraft.validate.ChaincodeAction;
import org.blockraft.validate.ChaincodeAction.ChaincodeName;
import org.blockraft.validate.ParsedTransaction;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/**
 * A channel's meters, named and labelled as Fabric's. Owned by the committing thread.
 *
 * <p>Fabric: core/ledger/kvledger/metrics.go, common/ledger/blkstorage/metrics.go.
 */
final class LedgerMetrics {
  private static final double[] BUCKETS = {0.005, 0.01, 0.015, 0.05, 0.1, 1, 10};
  private static final String UNKNOWN = "unknown";

  private final MeterRegistry registry;
  private final String channelId;
  private final Gauge height;
  private final DistributionSummary processing;
  private final DistributionSummary storage;
  private final DistributionSummary blockStorage;
  private final DistributionSummary state;
  private final Map<TransactionLabels, Counter> transactions = new HashMap<>();

  private record TransactionLabels(String type, String chaincode, TxValidationCode code) {}

  LedgerMetrics(MeterRegistry registry, String channelId, VisibleHeight visible) {
    this.registry = registry;
    this.channelId = channelId;
    this.processing =
        seconds(
            "ledger.block_processing_time", "Time taken in seconds for ledger block processing.");
    this.storage =
        seconds(
            "ledger.blockstorage_and_pvtdata_commit_time",
            "Time taken in seconds for committing the block and private data to storage.");
    this.blockStorage =
        seconds(
            "ledger.blockstorage_commit_time",
            "Time taken in seconds for committing the block to storage.");
    this.state =
        seconds(
            "ledger.statedb_commit_time",
            "Time taken in seconds for committing block changes to state db.");
    this.height =
        Gauge.builder("ledger.blockchain_height", visible, VisibleHeight::height)
            .description("Height of the chain in blocks.")
            .tags("channel", channelId)
            .register(registry);
  }

  /** Gives up the gauge, which holds on to the ledger that made it. */
  void close() {
    registry.remove(height);
  }

  private DistributionSummary seconds(String name, String help) {
    return DistributionSummary.builder(name)
        .description(help)
        .tags("channel", channelId)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  /** The meter of time spent pulling private data. */
  DistributionSummary privateDataFetch() {
    return DistributionSummary.builder("gossip.privdata.fetch_duration")
        .description("Time it takes to fetch missing private data from peers (in seconds)")
        .tags("channel", channelId)
        .register(registry);
  }

  void durations(long processingNanos, long storageNanos, long blockNanos, long stateNanos) {
    processing.record(processingNanos / 1e9);
    storage.record(storageNanos / 1e9);
    blockStorage.record(blockNanos / 1e9);
    state.record(stateNanos / 1e9);
  }

  /**
   * Counts a block's transactions.
   *
   * @param before flags before MVCC: what was invalid then is of unknown kind, as in stock
   */
  void transactions(List<ParsedTransaction> block, byte[] before, byte[] flags) {
    for (int tx = 0; tx < flags.length; tx++) {
      boolean known = before[tx] == 0;
      TransactionLabels labels =
          new TransactionLabels(
              known ? type(block.get(tx)) : UNKNOWN,
              known ? chaincode(block.get(tx)) : UNKNOWN,
              TxValidationCode.forNumber(flags[tx] & 0xff));
      transactions.computeIfAbsent(labels, this::counter).increment();
    }
  }

  private Counter counter(TransactionLabels labels) {
    return Counter.builder("ledger.transaction_count")
        .description("Number of transactions processed.")
        .tags(
            Tags.of(
                "channel", channelId,
                "transaction_type", labels.type(),
                "chaincode", labels.chaincode(),
                "validation_code", labels.code().name()))
        .register(registry);
  }

  private static String type(ParsedTransaction transaction) {
    HeaderType type = HeaderType.forNumber(transaction.type());
    return type == null ? Integer.toString(transaction.type()) : type.name();
  }

  private static String chaincode(ParsedTransaction transaction) {
    return transaction
        .chaincodeAction()
        .flatMap(ChaincodeAction::chaincode)
        .map(LedgerMetrics::text)
        .orElse(UNKNOWN);
  }

  private static String text(ChaincodeName chaincode) {
    return chaincode.name() + ":" + chaincode.version();
  }
}
