package org.blockraft.testnet;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The etcd of the local network: the real server, one process for each member. */
public final class EtcdServers {
  /** How to get one, for people. */
  public static final String MISSING =
      "there is no etcd on PATH: install the package etcd-server (Debian and Ubuntu; before them"
          + " bookworm and 23.04 it is called etcd), or unpack a release of etcd and put it on"
          + " PATH";

  private static final String READY = "serving client traffic";
  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
  private static final String PROGRAM = "etcd";

  private final NetworkFolder folder;
  private final Processes processes;
  private final int members;

  public EtcdServers(NetworkFolder folder, Processes processes, int members) {
    this.folder = folder;
    this.processes = processes;
    this.members = members;
  }

  /** The program, if it is on {@code PATH}. */
  public static Optional<Path> program(Map<String, String> environment) {
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(place -> !place.isEmpty())
        .map(place -> Path.of(place).toAbsolutePath().resolve(PROGRAM))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts all members and waits until they serve. */
  public void start(Path program) {
    String cluster =
        IntStream.rangeClosed(1, members)
            .mapToObj(i -> name(i) + "=" + peerUrl(i))
            .collect(Collectors.joining(","));
    for (int i = 1; i <= members; i++) {
      String client = "http://" + endpoint(i);
      processes.start(
          name(i),
          List.of(
              program.toString(),
              "--name=" + name(i),
              "--data-dir=" + folder.data(name(i)),
              "--listen-client-urls=" + client,
              "--advertise-client-urls=" + client,
              "--listen-peer-urls=" + peerUrl(i),
              "--initial-advertise-peer-urls=" + peerUrl(i),
              "--initial-cluster=" + cluster,
              "--logger=zap",
              "--log-outputs=stderr"),
          Map.of());
    }
    for (int i = 1; i <= members; i++) {
      processes.awaitLog(name(i), READY, START_TIMEOUT);
    }
  }

  /** Ends all members as a power failure would. */
  void kill() {
    IntStream.rangeClosed(1, members).forEach(i -> processes.kill(name(i)));
  }

  /** Where the members serve clients, {@code host:port}. */
  public List<String> endpoints() {
    return IntStream.rangeClosed(1, members).mapToObj(this::endpoint).toList();
  }

  private String endpoint(int member) {
    return folder.ports().hub() + ":" + folder.ports().etcd(member);
  }

  private String peerUrl(int member) {
    return "http://" + folder.ports().hub() + ":" + (folder.ports().etcd(member) + 1);
  }

  private static String name(int member) {
    return PROGRAM + member;
  }
}
