package org.blockraft.cluster;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Heartbeat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a sign of life on every link, again and again, by a thread of its own. */
public final class Heartbeats implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

  private final Links links;
  private final LongSupplier term;
  private final Supplier<Heartbeat> heartbeat;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("cluster-heartbeats").daemon().factory());
  private long sequence;

  /**
   * @param term carried by the frames
   * @param heartbeat asked before each, by the heartbeats' thread; the sequence is filled in here
   */
  public Heartbeats(Links links, LongSupplier term, Supplier<Heartbeat> heartbeat) {
    this.links = links;
    this.term = term;
    this.heartbeat = heartbeat;
  }

  /** Begins. */
  public void start(Duration interval) {
    var _ = thread.scheduleAtFixedRate(this::beat, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void beat() {
    try {
      Heartbeat next = heartbeat.get().toBuilder().setSequence(++sequence).build();
      Frame frame = Frame.newBuilder().setTerm(term.getAsLong()).setHeartbeat(next).build();
      for (String node : links.connected()) {
        // One that does not fit is followed by the next.
        links.send(node, frame);
      }
    } catch (RuntimeException | Error e) {
      LOG.error("A heartbeat could not be sent", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
