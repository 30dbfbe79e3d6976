package org.blockraft.replication;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One name, one disk; its process may die and start again. */
final class SimulatedNode {
  private static final Duration SLOW = Duration.ofMillis(120);

  private final SimulatedCluster cluster;
  private final String name;
  private final TreeMap<String, SimulatedDisk> disks = new TreeMap<>();
  private final Set<String> packages = new TreeSet<>();
  private final Set<String> everInstalled = new TreeSet<>();
  private Optional<String> clusterId = Optional.empty();
  private SimulatedProcess process;
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

  SimulatedDisk disk(String channelId) {
    return disks.computeIfAbsent(channelId, id -> new SimulatedDisk());
  }

  /** The channels that it has joined. */
  List<String> channelIds() {
    return disks.entrySet().stream()
        .filter(disk -> !disk.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The packages that are installed. */
  Set<String> packages() {
    return packages;
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

  /** Whether it has joined a channel at any time, perhaps on a disk that is lost. */
  boolean everJoined(String channelId) {
    return disk(channelId).forcedMax() > 0;
  }

  void install(String packageId) {
    packages.add(packageId);
    everInstalled.add(packageId);
  }

  /** Whether it has had a package at any time, perhaps on a disk that is lost. */
  boolean everInstalled(String packageId) {
    return everInstalled.contains(packageId);
  }

  void start() {
    process = new SimulatedProcess(this, name + "#" + lives++);
    cluster.trace("start", process, "with", channelIds());
    process.start();
  }

  /** Puts the first block of a channel on the disk. */
  void join(String channelId) {
    SimulatedDisk disk = disk(channelId);
    disk.write(cluster.orderer(channelId).genesis(), Set.of());
    disk.force();
  }

  void crash(boolean silently) {
    cluster.trace("crash", process);
    process.crash(silently);
    disks.values().forEach(disk -> disk.crash(cluster.time().random()));
  }

  void loseDisk() {
    disks.values().forEach(SimulatedDisk::wipe);
    packages.clear();
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
