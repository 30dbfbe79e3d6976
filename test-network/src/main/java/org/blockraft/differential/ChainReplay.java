package org.blockraft.differential;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.ConfigUpdates;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.intake.BlockVerifier;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.ledger.CommittedBlock;
import org.blockraft.ledger.Ledger;
import org.blockraft.ledger.LedgerSettings;
import org.blockraft.ledger.Ledgers;
import org.blockraft.ledger.PrivateDataSource;
import org.blockraft.lifecycle.CommittedDefinitions;
import org.blockraft.lifecycle.DefinitionCache;
import org.blockraft.lifecycle.ImplicitDissemination;
import org.blockraft.lifecycle.PackageEvents;
import org.blockraft.merkle.TreeSettings;
import org.blockraft.state.KeyValueLimits;
import org.blockraft.state.StateSnapshot;
import org.blockraft.validate.BlockValidator;
import org.blockraft.validate.SlicePool;
import org.blockraft.validate.ValidatedBlock;
import org.hyperledger.fabric.protos.common.Block;

/**
 * Validates and commits a chain without a node around it, and compares each block with what a stock
 * peer made of it. Owned by one thread.
 */
final class ChainReplay implements AutoCloseable {
  private static final int THREADS = 2;
  private static final long HISTORY_BLOCKS = 1000;

  private final Ledgers ledgers;
  private final Ledger ledger;
  private final SlicePool slices = new SlicePool(THREADS);
  private final BlockValidator validator;
  private ChannelConfig config;
  private byte[] previousHash;

  /**
   * Creates the ledger with the genesis block.
   *
   * @param folder empty
   * @param mspId the organization whose private data is ours
   */
  ChainReplay(Path folder, Block genesis, String mspId) {
    LedgerSettings settings =
        new LedgerSettings(
            mspId,
            true,
            Duration.ZERO,
            false,
            HISTORY_BLOCKS,
            HISTORY_BLOCKS,
            false,
            LedgerSettings.SEGMENT_BYTES_DEFAULT,
            Optional.of(TreeSettings.DEFAULTS),
            KeyValueLimits.DEFAULTS);
    this.ledgers = new Ledgers(folder, settings, new SimpleMeterRegistry());
    this.ledger = ledgers.create(genesis);
    this.config = ChannelConfig.fromBlock(genesis);
    this.previousHash = BlockHeaders.headerHash(genesis.getHeader());
    CommittedDefinitions definitions =
        new CommittedDefinitions(
            ledger.channelId(),
            () -> config,
            new DefinitionCache(mspId, NO_EVENTS),
            new ImplicitDissemination(mspId, 0, 1));
    definitions.follow(ledger, () -> {});
    this.validator = new BlockValidator(ledger.channelId(), ledger, definitions, slices, List::of);
  }

  private static final PackageEvents NO_EVENTS =
      new PackageEvents() {
        @Override
        public void installed(String packageId) {}

        @Override
        public void runnable(String packageId) {}

        @Override
        public void stoppable(String packageId) {}
      };

  /** Commits the next block and says what is different. */
  List<Difference> commit(Block stock) {
    return BlockComparison.compare(stock, append(stock));
  }

  /** Commits the next block; returns it with our flags and commit hash. */
  Block append(Block stock) {
    ByteString raw = BlockComparison.ordered(stock).toByteString();
    VerifiedBlock verified =
        BlockVerifier.verify(raw, stock.getHeader().getNumber(), previousHash, config);
    ValidatedBlock validated;
    try (StateSnapshot state = ledger.snapshot()) {
      validated =
          validator.validate(
              verified,
              config,
              state,
              delivered -> config = ConfigUpdates.apply(config, delivered));
    }
    CommittedBlock committed = ledger.commit(validated, PrivateDataSource.NONE, false);
    previousHash = committed.headerHash();
    return ledger.blockByNumber(committed.number());
  }

  @Override
  public void close() {
    ledgers.close();
    slices.close();
  }
}
