package org.blockraft.peer;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.blockraft.gossip.LocalChannels;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.ingress.ServedChannel;
import org.blockraft.ingress.ServedChannels;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.ledger.Ledger;
import org.blockraft.ledger.Ledgers;
import org.blockraft.lifecycle.ChannelDirectory;
import org.blockraft.lifecycle.ChannelHandle;
import org.blockraft.operations.HealthChecks;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The channels of this node. Lookups take no lock; joins come one at a time. */
final class Channels implements ChannelDirectory, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Channels.class);

  private final Map<String, Channel> channels = new ConcurrentSkipListMap<>();
  private final Ledgers ledgers;
  private final HealthChecks health;
  private final Optional<ClusterNode> cluster;
  private volatile ChannelServicesShared shared;

  /**
   * @param cluster where blocks come through; empty on a node that is alone
   */
  Channels(Ledgers ledgers, HealthChecks health, Optional<ClusterNode> cluster) {
    this.ledgers = ledgers;
    this.health = health;
    this.cluster = cluster;
  }

  /** Opens every channel that was joined before and starts to pull its blocks. */
  synchronized void open(ChannelServicesShared services) {
    shared = services;
    for (String id : ledgers.channelIds()) {
      LOG.info("Loading chain {}", id);
      add(ledgers.open(id).orElseThrow());
    }
    channels.values().forEach(this::start);
  }

  private void start(Channel channel) {
    cluster.ifPresentOrElse(node -> node.add(channel), channel::start);
  }

  private Channel add(Ledger ledger) {
    Channel channel = new Channel(ledger, shared, this::closeUnusedConnections);
    channels.put(channel.channelId(), channel);
    health.register(
        "channel " + channel.channelId(),
        () -> {
          if (channel.failure().isPresent()) {
            throw new IllegalStateException("stopped: " + channel.failure().get().getMessage());
          }
        });
    return channel;
  }

  /** Closes connections to orderers that no channel's configuration names any more. */
  private void closeUnusedConnections() {
    shared
        .orderers()
        .retain(
            channels.values().stream()
                .flatMap(channel -> shared.orderers().endpoints(channel.config()).stream()));
  }

  @Override
  public void join(Block genesis) {
    String channelId = joinHere(genesis);
    cluster.ifPresent(node -> node.holdings().joined(genesis, channelId));
  }

  /** Joins a channel on this node alone; one that is joined already stays as it is. */
  synchronized void joinFromSibling(Block genesis) {
    Optional<String> channelId =
        BlockHeaders.channelHeader(genesis.getData().getData(0)).map(ChannelHeader::getChannelId);
    if (channelId.isPresent() && !channels.containsKey(channelId.get())) {
      String joined = joinHere(genesis);
      LOG.info("Joined channel {} as another node has", joined);
    }
  }

  private synchronized String joinHere(Block genesis) {
    Channel channel = add(ledgers.create(genesis));
    start(channel);
    return channel.channelId();
  }

  /** The ledger of a channel that is joined. */
  Optional<Ledger> ledger(String channelId) {
    return Optional.ofNullable(channels.get(channelId)).map(Channel::ledger);
  }

  @Override
  public Optional<ChannelHandle> channel(String channelId) {
    return Optional.ofNullable(channels.get(channelId));
  }

  @Override
  public List<String> ids() {
    return List.copyOf(channels.keySet());
  }

  /** The configuration in force, null for a channel that is not joined. */
  ChannelConfig config(String channelId) {
    Channel channel = channels.get(channelId);
    return channel == null ? null : channel.config();
  }

  /** Whether a channel is joined and has not stopped. */
  boolean isRunning(String channelId) {
    Channel channel = channels.get(channelId);
    return channel != null && channel.failure().isEmpty();
  }

  /** The height of a channel's ledger, zero for one that is not joined. */
  long height(String channelId) {
    Channel channel = channels.get(channelId);
    return channel == null ? 0 : channel.ledger().height();
  }

  /** Number of blocks that are committed on a channel, announced or not; zero if not joined. */
  long committed(String channelId) {
    Channel channel = channels.get(channelId);
    return channel == null ? 0 : channel.ledger().nextBlock();
  }

  /** The same channels, as gossip sees them. */
  LocalChannels gossiping(Function<String, Map<String, String>> chaincodes) {
    return new LocalChannels() {
      @Override
      public Collection<ChannelConfig> configs() {
        return Channels.this.configs();
      }

      @Override
      public long height(String channelId) {
        return Channels.this.height(channelId);
      }

      @Override
      public Map<String, String> chaincodes(String channelId) {
        return chaincodes.apply(channelId);
      }
    };
  }

  /** The configurations in force. */
  List<ChannelConfig> configs() {
    return channels.values().stream().map(Channel::config).toList();
  }

  /** The same channels, as the services on the peer's port see them. */
  ServedChannels served() {
    return new ServedChannels() {
      @Override
      public Optional<ServedChannel> channel(String channelId) {
        return Optional.ofNullable(channels.get(channelId)).map(Channel::served);
      }

      @Override
      public List<String> ids() {
        return Channels.this.ids();
      }
    };
  }

  @Override
  public void close() {
    channels.values().forEach(Channel::close);
    ledgers.close();
  }
}
