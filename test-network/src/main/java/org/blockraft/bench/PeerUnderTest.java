package org.blockraft.bench;

import io.grpc.ManagedChannel;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.blockraft.differential.Connections;
import org.blockraft.testnet.EtcdServers;
import org.blockraft.testnet.NetworkException;
import org.blockraft.testnet.NodeMetrics;
import org.blockraft.testnet.PeerPlace;

/** The processes of one contestant, each within a quota of its own where that can be had. */
final class PeerUnderTest implements AutoCloseable {
  /** More than usual, so that a busy machine takes less from what the quota allows. */
  private static final int SHARES = 2048;

  private static final Duration LINK_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(100);

  private final BenchNetwork network;
  private final Contestant contestant;
  private final List<PeerPlace> places;
  private final List<Optional<CpuQuota>> quotas = new ArrayList<>();
  private final List<Long> pids = new ArrayList<>();
  private final HttpClient metrics = HttpClient.newHttpClient();
  private Optional<EtcdServers> etcd = Optional.empty();

  PeerUnderTest(BenchNetwork network, Contestant contestant) {
    this.network = network;
    this.contestant = contestant;
    this.places =
        contestant.isCluster() || contestant.isApart()
            ? IntStream.rangeClosed(1, contestant.nodes()).mapToObj(network::node).toList()
            : List.of(network.place(contestant.isStock() ? "stock" : "ours"));
  }

  List<PeerPlace> places() {
    return places;
  }

  /**
   * Starts all processes without data, one processor for each, and waits until those of one peer
   * are one.
   */
  void start() {
    if (contestant.isCluster()) {
      EtcdServers servers = new EtcdServers(network.files(), network.processes(), 1);
      BenchFiles.delete(network.files().data("etcd1"));
      servers.start(
          EtcdServers.program(System.getenv())
              .orElseThrow(() -> new NetworkException(EtcdServers.MISSING)));
      etcd = Optional.of(servers);
    }
    for (PeerPlace place : places) {
      quotas.add(CpuQuota.create(place.process(), SHARES));
      network.configure(place, etcd.map(EtcdServers::endpoints));
      BenchFiles.delete(network.files().data(place.process()));
    }
    limit(1);
    for (int i = 0; i < places.size(); i++) {
      pids.add(launch(i));
    }
    awaitLinks();
  }

  private long launch(int index) {
    List<String> command = network.peerCommand(contestant.isStock());
    return network.launch(
        places.get(index).process(),
        quotas.get(index).map(quota -> quota.wrap(command)).orElse(command));
  }

  private void awaitLinks() {
    if (!contestant.isCluster()) {
      return;
    }
    long deadline = System.nanoTime() + LINK_TIMEOUT.toNanos();
    while (!all().allMatch(m -> m.links() == places.size() - 1)
        || all().filter(NodeMetrics::leading).count() != 1) {
      if (System.nanoTime() > deadline) {
        throw new NetworkException("the nodes do not find each other");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private Stream<NodeMetrics> all() {
    return places.stream().flatMap(place -> NodeMetrics.of(metrics, place).stream());
  }

  /** Whether there are quotas at all. */
  boolean isLimited() {
    return quotas.stream().allMatch(Optional::isPresent);
  }

  /** Sets the quota of each process, in processors. */
  void limit(double processors) {
    quotas.forEach(quota -> quota.ifPresent(q -> q.limit(processors)));
  }

  /** The index of the process that leads, which is the first if there is only one. */
  int leader() {
    for (int i = 0; contestant.isCluster() && i < places.size(); i++) {
      if (NodeMetrics.of(metrics, places.get(i)).filter(NodeMetrics::leading).isPresent()) {
        return i;
      }
    }
    return 0;
  }

  /** What each process has used so far. */
  List<ProcessCpu> cpu() {
    return pids.stream().map(ProcessCpu::of).toList();
  }

  /** Connections to some of the processes, taking turns. */
  List<ManagedChannel> connect(List<Integer> indexes, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> places.get(indexes.get(i % indexes.size())))
        .map(
            place ->
                Connections.open(place.address(), BenchNetwork.peerHost(), network.peerTlsRoot()))
        .toList();
  }

  /** Kills a process as a power failure would. */
  void kill(int index) {
    network.processes().kill(places.get(index).process());
  }

  /** Starts a process that was killed, with the data that it has. */
  void restart(int index) {
    pids.set(index, launch(index));
  }

  @Override
  public void close() {
    places.forEach(place -> network.processes().stop(place.process()));
    if (etcd.isPresent()) {
      network.processes().stop("etcd1");
    }
    quotas.forEach(quota -> quota.ifPresent(CpuQuota::close));
    metrics.close();
  }
}
