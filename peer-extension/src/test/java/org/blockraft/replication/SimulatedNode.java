package org.blockraft.replication;

import java.time.Duration;
import java.util.Optional;

/** One name, one disk; its process may die and start again. */
final class SimulatedNode {
  private static final Duration SLOW = Duration.ofMillis(120);

  private final SimulatedCluster cluster;
  private final String name;
  private final SimulatedDisk disk = new SimulatedDisk();
  private Optional<String> clusterId = Optional.empty();
  private SimulatedProcess process;
  private boolean joining;
  private boolean slow;
  private int lives;

  SimulatedNode(SimulatedCluster cluster, String name) {
    this.cluster = cluster;
    this.name = name;
  }

  SimulatedCluster cluster() {
    return cluster;
  }

  String name() {
    return name;
  }

  SimulatedDisk disk() {
    return disk;
  }

  Optional<String> clusterId() {
    return clusterId;
  }

  void clusterId(Optional<String> known) {
    clusterId = known;
  }

  /** Null before the first start. */
  SimulatedProcess process() {
    return process;
  }

  boolean isRunning() {
    return process != null && process.isRunning();
  }

  boolean isCrashed() {
    return process == null || process.loop().isCrashed();
  }

  void start() {
    joining = false;
    process = new SimulatedProcess(this, name + "#" + lives++);
    cluster.trace("start", process, "at height", disk.height());
    process.start();
  }

  /** The channel as it is when somebody joins it. */
  void join() {
    ToyBlock genesis = ToyBlock.parse(cluster.orderer().block(0));
    disk.write(genesis.commit(0, genesis.flags(0)));
    disk.force();
  }

  /** An empty node gets the channel from the first node that it is linked with. */
  void linked() {
    if (disk.isEmpty() && !joining) {
      joining = true;
      SimulatedProcess own = process;
      var _ =
          own.loop()
              .schedule(
                  cluster.time().between(Duration.ofMillis(5), Duration.ofMillis(300)),
                  () -> {
                    join();
                    own.open();
                  });
    }
  }

  void crash(boolean silently) {
    process.crash(silently);
    disk.crash(cluster.time().random());
  }

  void loseDisk() {
    disk.wipe();
    clusterId = Optional.empty();
  }

  void slow(boolean now) {
    slow = now;
  }

  Duration diskDelay() {
    return cluster.time().between(Duration.ofNanos(50_000), Duration.ofMillis(2));
  }

  Duration commitDelay() {
    return cluster.time().between(Duration.ofNanos(500_000), slow ? SLOW : Duration.ofMillis(4));
  }
}
