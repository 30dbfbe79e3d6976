package org.blockraft.peer;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Gauge;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.function.ToIntFunction;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.ConfigUpdates;
import org.blockraft.identity.TlsRoots;
import org.blockraft.ingress.LedgerChannel;
import org.blockraft.ingress.ServedChannel;
import org.blockraft.intake.ChainTip;
import org.blockraft.intake.OrdererSource;
import org.blockraft.ledger.Ledger;
import org.blockraft.ledger.PrivateDataSource;
import org.blockraft.lifecycle.ChannelHandle;
import org.blockraft.lifecycle.CommittedDefinitions;
import org.blockraft.mvcc.Mvcc;
import org.blockraft.replication.DecidedBlock;
import org.blockraft.replication.FollowerPipeline;
import org.blockraft.replication.PreparedBlocks;
import org.blockraft.state.StateSnapshot;
import org.blockraft.state.VersionedValue;
import org.blockraft.validate.BlockValidator;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;

/**
 * One joined channel: its ledger, the configuration in force, and the pipeline that feeds it.
 *
 * <p>The configuration is written by the committing thread alone and read by all. It is taken from
 * the ledger's state at start, never from memory of an earlier run, since a configuration takes
 * effect a moment before its block is durable.
 */
final class Channel implements ChannelHandle, AutoCloseable {
  private final Ledger ledger;
  private final ChannelServicesShared shared;
  private final CommittedDefinitions definitions;
  private final ServedChannel served;
  private final BlockValidator validator;
  private final Runnable reconfigured;
  private volatile BlockPipeline pulling;
  private volatile ChannelConfig config;
  private volatile Throwable failure;

  /**
   * @param reconfigured told after each change of the configuration
   */
  Channel(Ledger ledger, ChannelServicesShared shared, Runnable reconfigured) {
    this.ledger = ledger;
    this.reconfigured = reconfigured;
    this.shared = shared;
    this.config = committedConfig(ledger);
    config.requireCompatible();
    this.definitions =
        new CommittedDefinitions(
            ledger.channelId(), this::config, shared.definitionCache(), shared.dissemination());
    definitions.follow(ledger, shared.definitionsChanged());
    this.served = new LedgerChannel(ledger, this::config, shared.orderers()::endpoints);
    this.validator =
        new BlockValidator(
            ledger.channelId(), ledger, definitions, shared.slices(), shared.sliceHelpers());
    depth("pipeline.received_blocks", "Blocks that wait to be verified.", BlockPipeline::received);
    depth(
        "pipeline.verified_blocks",
        "Verified blocks that wait to be decided.",
        BlockPipeline::verified);
    announce();
  }

  /** Of the newest pipeline that pulls; a follower has none. */
  private void depth(String name, String help, ToIntFunction<BlockPipeline> queue) {
    Gauge.builder(name, this, c -> c.pulling == null ? 0 : queue.applyAsInt(c.pulling))
        .description(help)
        .tag("channel", channelId())
        .register(shared.meters());
  }

  private static ChannelConfig committedConfig(Ledger ledger) {
    byte[] key = Mvcc.CONFIG_KEY.getBytes(StandardCharsets.UTF_8);
    try (StateSnapshot state = ledger.snapshot()) {
      VersionedValue value = state.get("", key);
      if (value == null) {
        throw new IllegalStateException(
            "ledger [%s] has no channel configuration in its state".formatted(ledger.channelId()));
      }
      return ChannelConfig.of(
          ledger.channelId(), ConfigEnvelope.parseFrom(value.value()).getConfig());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "the configuration in ledger [%s] cannot be read".formatted(ledger.channelId()), e);
    }
  }

  private void apply(ConfigEnvelope delivered) {
    ChannelConfig next = ConfigUpdates.apply(config, delivered);
    next.requireCompatible();
    config = next;
    announce();
    reconfigured.run();
  }

  private void announce() {
    for (TlsRoots roots : shared.tlsRoots()) {
      roots.update(config);
    }
    shared.configured().accept(config);
  }

  /** Starts to pull blocks, on a node that is alone. */
  void start() {
    var _ = pull(BlockFlow.ALONE, PrivateDataSource.NONE);
  }

  /**
   * Starts a block flow from the orderers after the last block that is here. There is one at a
   * time: who wants another closes it first. It ends with the channel at the latest.
   *
   * @param siblings other nodes of this peer that may have private data
   */
  BlockPipeline pull(BlockFlow flow, PrivateDataSource siblings) {
    BlockPipeline started =
        new BlockPipeline(
            ledger,
            validator,
            this::config,
            this::apply,
            shared.blocksAhead(),
            flow,
            siblings,
            this::fail);
    pulling = started;
    started.start(
        new OrdererSource(
            shared.ordererSettings(),
            shared.orderers(),
            shared.signer(),
            this::config,
            this::tip,
            started.sink(),
            shared.clock()));
    return started;
  }

  /** Starts to take blocks that another node has decided. The caller closes it. */
  FollowerPipeline take(
      BlockingQueue<DecidedBlock> blocks, PrivateDataSource siblings, PreparedBlocks prepared) {
    FollowerPipeline started =
        new FollowerPipeline(
            ledger, blocks, this::config, this::apply, siblings, prepared, this::fail);
    started.start();
    return started;
  }

  private ChainTip tip() {
    return new ChainTip(ledger.nextBlock(), ledger.lastHash());
  }

  void fail(Throwable cause) {
    failure = cause;
  }

  /** Why the channel has stopped; empty while it runs. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  ServedChannel served() {
    return served;
  }

  @Override
  public String channelId() {
    return ledger.channelId();
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public CommittedDefinitions definitions() {
    return definitions;
  }

  @Override
  public void close() {
    if (pulling != null) {
      pulling.close();
    }
    ledger.close();
  }
}
