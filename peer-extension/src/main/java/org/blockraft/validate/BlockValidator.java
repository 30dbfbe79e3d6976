package org.blockraft.validate;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.state.StateView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Validates one channel's blocks. Works in two steps: {@link #verify} needs no state and may run
 * ahead on another thread; {@link #decide} is called by one thread in block order.
 *
 * <p>Invariant: flags depend only on the block, the configuration and the state before the block. A
 * failure inside the peer throws and never becomes a flag.
 *
 * <p>Fabric: core/committer/txvalidator/router.go, v20/validator.go.
 */
public final class BlockValidator {

  private static final Logger LOG = LoggerFactory.getLogger(BlockValidator.class);

  private final String channelId;
  private final CommittedTxIds ids;
  private final DefinitionSource definitions;
  private final SlicePool slices;
  private final Supplier<List<SliceHelper>> helpers;
  private ApplicationPolicies policies;

  /**
   * Joins the parts; owns none of them.
   *
   * @param helpers the other nodes that verify slices now
   */
  public BlockValidator(
      String channelId,
      CommittedTxIds ids,
      DefinitionSource definitions,
      SlicePool slices,
      Supplier<List<SliceHelper>> helpers) {
    this.channelId = channelId;
    this.ids = ids;
    this.definitions = definitions;
    this.slices = slices;
    this.helpers = helpers;
  }

  /**
   * Both steps at once.
   *
   * @param config the configuration in force before the block
   * @param committed the state before the block
   * @throws ValidationException if the channel must stop
   */
  public ValidatedBlock validate(
      VerifiedBlock block, ChannelConfig config, StateView committed, ConfigApplier applier) {
    return decide(verify(block, config), config, committed, applier);
  }

  /**
   * Parses the transactions and checks structure, creators and endorsement signatures on the slice
   * pool.
   *
   * @throws ValidationException if the channel must stop
   */
  public BlockVerdict verify(VerifiedBlock block, ChannelConfig config) {
    return begin(block, config).await();
  }

  /** Begins to do so; several blocks may be under way. */
  public PendingVerdict begin(VerifiedBlock block, ChannelConfig config) {
    return slices.begin(channelId, block, config, helpers.get());
  }

  /**
   * Checks duplicates, definitions and policies in block order and applies configuration
   * transactions.
   *
   * @param config the configuration in force before the block; if it is not the one that the
   *     verdict was made with, the block is verified again
   * @throws ValidationException if the channel must stop
   */
  public ValidatedBlock decide(
      BlockVerdict verdict, ChannelConfig config, StateView committed, ConfigApplier applier) {
    BlockVerdict current =
        verdict.config() == config
            ? verdict
            : slices.begin(channelId, verdict.block(), config, List.of()).await();
    if (policies == null || policies.config() != config) {
      policies = new ApplicationPolicies(config);
    }
    long start = System.nanoTime();
    byte[] flags =
        new BlockDecision(current, ids, definitions, policies, committed, applier).decide();
    LOG.info(
        "[{}] Validated block [{}] in {}ms",
        channelId,
        verdict.block().number(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    return new ValidatedBlock(verdict.block(), flags, current.transactions());
  }
}
