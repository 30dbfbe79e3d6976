package org.blockraft.coordination;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.blockraft.coordination.EtcdPort.Change;
import org.blockraft.coordination.EtcdPort.Snapshot;
import org.blockraft.coordination.EtcdPort.Watch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all keys of the cluster, watches them from there, and starts over whenever the watch breaks
 * (etcd restarts, compaction, lost connection). Reads again from time to time, too, in case a watch
 * has gone silent. Owned by the loop.
 */
final class KeyReader {
  private static final Logger LOG = LoggerFactory.getLogger(KeyReader.class);

  /** A silent watch delays take-over by this much at worst; the read is some kilobytes. */
  private static final Duration AUDIT_INTERVAL = Duration.ofSeconds(5);

  private final EventLoop loop;
  private final EtcdPort port;
  private final EtcdCalls calls;
  private final String prefix;
  private final Sink sink;
  private final Backoff backoff = new Backoff();
  private Watch watch;

  /** Tells the watch in use from those that were replaced. */
  private long watchNumber;

  /** What was asked before the last stop or start belongs to an earlier epoch. */
  private long epoch;

  /** Takes what is read, on the loop. */
  interface Sink {

    /** The highest revision known, which etcd has when a read is sent. */
    long revision();

    /**
     * @param floor what {@link #revision} was when the read was sent
     * @return whether the watch goes on: false if it has missed changes
     */
    boolean read(Snapshot snapshot, long floor);

    void changed(long revision, List<Change> changes);
  }

  KeyReader(EventLoop loop, EtcdPort port, EtcdCalls calls, String prefix, Sink sink) {
    this.loop = loop;
    this.port = port;
    this.calls = calls;
    this.prefix = prefix;
    this.sink = sink;
  }

  /** Reads now, and watches from there. */
  void restart() {
    stop();
    read(epoch);
  }

  void stop() {
    epoch++;
    watchNumber++;
    if (watch != null) {
      watch.close();
      watch = null;
    }
  }

  private void read(long of) {
    if (of != epoch) {
      return;
    }
    long floor = sink.revision();
    calls.call(
        port.read(prefix),
        snapshot -> {
          if (of == epoch) {
            taken(of, snapshot, floor);
          }
        },
        error -> {
          LOG.debug("Keys not read: {}", error.getMessage());
          loop.schedule(backoff.next(), () -> read(of));
        });
  }

  private void taken(long of, Snapshot snapshot, long floor) {
    boolean goesOn = sink.read(snapshot, floor);
    if (of != epoch) {
      return;
    }
    if (watch != null && goesOn) {
      backoff.reset();
    } else {
      if (watch != null) {
        watch.close();
      }
      watch = open(snapshot.revision() + 1);
    }
    loop.schedule(AUDIT_INTERVAL, () -> read(of));
  }

  private Watch open(long from) {
    watchNumber++;
    long number = watchNumber;
    Consumer<Runnable> onLoop =
        work ->
            loop.execute(
                () -> {
                  if (number == watchNumber) {
                    work.run();
                  }
                });
    return port.watch(
        prefix,
        from,
        new EtcdPort.WatchListener() {
          @Override
          public void changed(long revision, List<Change> changes) {
            onLoop.accept(() -> sink.changed(revision, changes));
          }

          @Override
          public void broken(CoordinationException reason) {
            onLoop.accept(() -> again(reason));
          }
        });
  }

  private void again(CoordinationException reason) {
    LOG.info("The watch on etcd ended, reading again: {}", reason.getMessage());
    stop();
    long of = epoch;
    loop.schedule(backoff.next(), () -> read(of));
  }
}
