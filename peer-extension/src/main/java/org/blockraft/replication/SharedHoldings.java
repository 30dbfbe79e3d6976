package org.blockraft.replication;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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
import org.hyperledger.fabric.protos.common.Block;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels and packages that all nodes of the cluster have: tells the others of what came to
 * this node first, and gets from them what this node lacks, also after it was away.
 */
public final class SharedHoldings implements AutoCloseable {
  public static final String CHANNELS = "channels/";
  public static final String PACKAGES = "packages/";

  private static final Logger LOG = LoggerFactory.getLogger(SharedHoldings.class);

  /** Facts about channels and packages are only there or not. */
  private static final byte[] NOTED = {1};

  /** Packages and genesis blocks take a moment to travel and be built. */
  private static final Duration STORE_TIMEOUT = Duration.ofSeconds(20);

  private static final Duration FACT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration RETRY = Duration.ofSeconds(1);

  /**
   * The client's next call may come in at any node: a majority is enough, but all that can be
   * reached get this long.
   */
  private static final Duration REST_TIMEOUT = Duration.ofSeconds(5);

  /** A build that failed costs something, and will mostly fail again until somebody has a look. */
  private static final Duration BUILD_RETRY = Duration.ofSeconds(30);

  private final Coordinator coordinator;
  private final Siblings siblings;
  private final EventLoop loop;
  private final Waits waits;

  /** Wishes to look that came up since the look under way began; zero: none is under way. */
  private final AtomicInteger wishes = new AtomicInteger();

  /** Packages that this node could not build, and when; only for the thread that looks. */
  private final Map<String, Long> unbuilt = new HashMap<>();

  private volatile Holdings local;
  private volatile boolean complete;
  private volatile boolean closed;

  public SharedHoldings(Coordinator coordinator, Siblings siblings, EventLoop loop, Waits waits) {
    this.coordinator = coordinator;
    this.siblings = siblings;
    this.loop = loop;
    this.waits = waits;
  }

  /** What this node has; looked at from now on. */
  public void start(Holdings here) {
    local = here;
  }

  /**
   * Whether this node has all that the nodes agree to have, as far as it knows. One that has not
   * must not get work from others: it would fail where they would not.
   */
  public boolean isComplete() {
    return complete;
  }

  /**
   * Has a channel that was joined here joined by the others.
   *
   * @throws IllegalStateException if too few did
   */
  public void joined(Block genesis, String channelId) {
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
  public void installed(String packageId, ByteString file) {
    replicate(
        Request.newBuilder()
            .setStorePackage(StorePackage.newBuilder().setPackageId(packageId).setPackage(file))
            .build(),
        PACKAGES + packageId,
        "package " + packageId);
  }

  private void replicate(Request request, String fact, String what) {
    boolean stored = siblings.storeAtMajority(request, STORE_TIMEOUT, REST_TIMEOUT);
    boolean noted = note(fact, what);
    if (!noted) {
      lookSoon(); // what is here is here: the others shall have it, too, if only later
    }
    if (!stored || !noted) {
      throw new IllegalStateException(
          what
              + " is stored on this node, but "
              + (stored ? "could not be noted in etcd" : "not by a majority of the nodes"));
    }
  }

  private boolean note(String fact, String what) {
    CompletableFuture<Boolean> noted = coordinator.put(fact, NOTED);
    try {
      return waits.await(noted, FACT_TIMEOUT) && noted.get(0, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("{} could not be noted in etcd", what, e);
    }
    return false;
  }

  /** Gets what the others have and this node lacks, in a thread of its own, one at a time. */
  public void reconcile() {
    if (local != null && !closed && wishes.getAndIncrement() == 0) {
      waits.start("reconcile", this::look);
    }
  }

  private void lookSoon() {
    if (!closed) {
      var _ = loop.schedule(RETRY, this::reconcile);
    }
  }

  private void look() {
    int seen;
    do {
      seen = wishes.get();
      boolean all = false;
      try {
        boolean packages = fetchPackages();
        boolean channels = fetchChannels();
        all = packages && channels;
      } catch (RuntimeException e) {
        if (!closed) {
          LOG.warn("Cannot take over what other nodes have; trying again", e);
        }
      }
      if (all != complete) {
        complete = all;
        LOG.info(
            all
                ? "This node has all channels and packages of the cluster"
                : "This node lacks channels or packages of the cluster");
      }
      if (!all) {
        lookSoon();
      }
      // Facts that changed meanwhile may not have been looked at.
    } while (!wishes.compareAndSet(seen, 0) && !closed);
  }

  private boolean fetchPackages() {
    Set<String> here = local.packageIds();
    noteAll(PACKAGES, here);
    boolean all = true;
    for (String key : coordinator.facts(PACKAGES).keySet()) {
      String id = key.substring(PACKAGES.length());
      if (!here.contains(id)) {
        complete = false;
        all &= fetchPackage(id);
      }
    }
    return all;
  }

  private boolean fetchPackage(String id) {
    long now = loop.nanoTime();
    Long failed = unbuilt.get(id);
    if (failed != null && now - failed < BUILD_RETRY.toNanos()) {
      return false;
    }
    Optional<ByteString> file =
        siblings.fetch(
            Request.newBuilder()
                .setFetchPackage(FetchPackage.newBuilder().setPackageId(id))
                .build(),
            STORE_TIMEOUT);
    if (file.isEmpty()) {
      return false;
    }
    try {
      local.install(file.get());
      unbuilt.remove(id);
      return true;
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.error(
            "Package {}, which other nodes have, cannot be installed here; trying again in {}",
            id,
            BUILD_RETRY,
            e);
      }
      unbuilt.put(id, now);
      return false;
    }
  }

  /** What was here before there was a cluster, or before etcd took note of it. */
  private void noteAll(String kind, Collection<String> here) {
    boolean all = true;
    for (String id : here) {
      if (!coordinator.facts(kind).containsKey(kind + id)) {
        all = false;
        var _ = coordinator.put(kind + id, NOTED);
      }
    }
    if (!all) {
      lookSoon(); // etcd may not answer
    }
  }

  private boolean fetchChannels() {
    List<String> here = local.channelIds();
    noteAll(CHANNELS, here);
    boolean all = true;
    for (String key : coordinator.facts(CHANNELS).keySet()) {
      String id = key.substring(CHANNELS.length());
      if (!here.contains(id)) {
        complete = false;
        Optional<ByteString> genesis =
            siblings.fetch(
                Request.newBuilder()
                    .setFetchGenesis(FetchGenesis.newBuilder().setChannel(id))
                    .build(),
                STORE_TIMEOUT);
        genesis.ifPresent(block -> join(id, block));
        all &= genesis.isPresent();
      }
    }
    return all;
  }

  private void join(String channelId, ByteString genesis) {
    try {
      local.join(Block.parseFrom(genesis));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the first block of " + channelId + " does not parse", e);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
