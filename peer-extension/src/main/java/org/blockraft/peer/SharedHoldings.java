package org.blockraft.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.blockraft.cluster.wire.FetchGenesis;
import org.blockraft.cluster.wire.FetchPackage;
import org.blockraft.cluster.wire.Request;
import org.blockraft.cluster.wire.StoreChannel;
import org.blockraft.cluster.wire.StorePackage;
import org.blockraft.coordination.Coordinator;
import org.blockraft.coordination.EventLoop;
import org.blockraft.replication.Siblings;
import org.hyperledger.fabric.protos.common.Block;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels and packages that all nodes of the cluster have: tells the others of what came to
 * this node first, and gets from them what this node lacks, also after it was away.
 */
final class SharedHoldings implements AutoCloseable {
  static final String CHANNELS = "channels/";
  static final String PACKAGES = "packages/";

  private static final Logger LOG = LoggerFactory.getLogger(SharedHoldings.class);

  /** Facts about channels and packages are only there or not. */
  private static final byte[] NOTED = {1};

  /** Packages and genesis blocks take a moment to travel and be built. */
  private static final Duration STORE_TIMEOUT = Duration.ofSeconds(20);

  private static final Duration FACT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Coordinator coordinator;
  private final Siblings siblings;
  private final EventLoop loop;

  /** Wishes to look that came up since the look under way began; zero: none is under way. */
  private final AtomicInteger wishes = new AtomicInteger();

  private volatile ClusterNode.Peer peer;
  private volatile boolean closed;

  SharedHoldings(Coordinator coordinator, Siblings siblings, EventLoop loop) {
    this.coordinator = coordinator;
    this.siblings = siblings;
    this.loop = loop;
  }

  void start(ClusterNode.Peer local) {
    peer = local;
  }

  /**
   * Has a channel that was joined here joined by the others.
   *
   * @throws IllegalStateException if too few did
   */
  void joined(Block genesis, String channelId) {
    replicate(
        Request.newBuilder()
            .setStoreChannel(StoreChannel.newBuilder().setGenesis(genesis.toByteString()))
            .build(),
        CHANNELS + channelId,
        "channel " + channelId);
  }

  /**
   * Has a package that was installed here installed by the others.
   *
   * @throws IllegalStateException if too few did
   */
  void installed(String packageId, ByteString file) {
    replicate(
        Request.newBuilder()
            .setStorePackage(StorePackage.newBuilder().setPackageId(packageId).setPackage(file))
            .build(),
        PACKAGES + packageId,
        "package " + packageId);
  }

  private void replicate(Request request, String fact, String what) {
    boolean stored = siblings.storeAtMajority(request, STORE_TIMEOUT);
    boolean noted;
    try {
      noted = coordinator.put(fact, NOTED).get(FACT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      noted = false;
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("{} could not be noted in etcd", what, e);
      noted = false;
    }
    if (!stored || !noted) {
      throw new IllegalStateException(
          what
              + " is stored on this node, but "
              + (stored ? "could not be noted in etcd" : "not by a majority of the nodes"));
    }
  }

  /** Gets what the others have and this node lacks, in a thread of its own, one at a time. */
  void reconcile() {
    if (peer != null && !closed && wishes.getAndIncrement() == 0) {
      Thread.ofVirtual().name("reconcile").start(this::look);
    }
  }

  private void look() {
    int seen;
    do {
      seen = wishes.get();
      boolean complete = false;
      try {
        boolean packages = fetchPackages();
        boolean channels = fetchChannels();
        complete = packages && channels;
      } catch (RuntimeException e) {
        if (!closed) {
          LOG.warn("Cannot take over what other nodes have; trying again", e);
        }
      }
      if (!complete && !closed) {
        var _ = loop.schedule(RETRY, this::reconcile);
      }
      // Facts that changed meanwhile may not have been looked at.
    } while (!wishes.compareAndSet(seen, 0) && !closed);
  }

  private boolean fetchPackages() {
    Set<String> here = new HashSet<>();
    peer.packages().forEach(p -> here.add(p.packageId()));
    note(PACKAGES, here);
    boolean complete = true;
    for (String key : coordinator.facts(PACKAGES).keySet()) {
      String id = key.substring(PACKAGES.length());
      if (!here.contains(id)) {
        Optional<ByteString> file =
            siblings.fetch(
                Request.newBuilder()
                    .setFetchPackage(FetchPackage.newBuilder().setPackageId(id))
                    .build(),
                STORE_TIMEOUT);
        file.ifPresent(peer::install);
        complete &= file.isPresent();
      }
    }
    return complete;
  }

  /** What was here before there was a cluster, or before etcd took note of it. */
  private void note(String kind, Collection<String> here) {
    for (String id : here) {
      if (!coordinator.facts(kind).containsKey(kind + id)) {
        var _ = coordinator.put(kind + id, NOTED);
      }
    }
  }

  private boolean fetchChannels() {
    List<String> here = peer.channelIds();
    note(CHANNELS, here);
    boolean complete = true;
    for (String key : coordinator.facts(CHANNELS).keySet()) {
      String id = key.substring(CHANNELS.length());
      if (!here.contains(id)) {
        Optional<ByteString> genesis =
            siblings.fetch(
                Request.newBuilder()
                    .setFetchGenesis(FetchGenesis.newBuilder().setChannel(id))
                    .build(),
                STORE_TIMEOUT);
        genesis.ifPresent(block -> join(id, block));
        complete &= genesis.isPresent();
      }
    }
    return complete;
  }

  private void join(String channelId, ByteString genesis) {
    try {
      peer.join(Block.parseFrom(genesis));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the first block of " + channelId + " does not parse", e);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
