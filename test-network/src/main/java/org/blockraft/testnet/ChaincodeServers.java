package org.blockraft.testnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs the sample contracts as chaincode servers, each in a process of its own. */
public final class ChaincodeServers {
  private static final String PROBE = "probe";
  private static final Set<String> SAMPLES = Set.of("wallet", "voting", PROBE);

  /** Not loaded here: it stands in a jar of its own. */
  private static final String PROBE_SERVER = "org.blockraft.probe.ProbeServer";

  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);

  /** What a chaincode process must not see: the peer, and what only the peer needs. */
  private static final List<String> NOT_FOR_CHAINCODE =
      List.of(
          "peer-extension",
          "merkle-statedb",
          "etcd-coordinator",
          "chaincode-runtime",
          "rocksdbjni",
          "AmazonCorretto",
          "logback",
          "fabric-gateway",
          "picocli",
          "jackson",
          "micrometer",
          "prometheus");

  private final NetworkFolder folder;
  private final Processes processes;

  public ChaincodeServers(NetworkFolder folder) {
    this.folder = folder;
    this.processes = new Processes(folder);
  }

  static boolean isSample(String name) {
    return SAMPLES.contains(name);
  }

  /** The address for a package of a sample, as it stands in the package. */
  static String address(String sample, NetworkFolder folder) {
    return ClusterPlan.of(folder).isPresent()
        ? "{{." + sample + "}}"
        : folder.ports().chaincode(sample, 1);
  }

  /** What fills the templates in packages of samples for a node, from 1. */
  static Map<String, String> addresses(NetworkPorts ports, int node) {
    return SAMPLES.stream()
        .collect(Collectors.toMap(sample -> sample, sample -> ports.chaincode(sample, node)));
  }

  /** The same as the builder of chaincode as a service wants it. */
  static String templateValues(NetworkPorts ports, int node) {
    return addresses(ports, node).entrySet().stream()
        .map(e -> "\"%s\":\"%s\"".formatted(e.getKey(), e.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  /**
   * Starts the servers of a sample, one for each node of ours, or restarts them under another
   * package id.
   */
  void start(String sample, String packageId) {
    int nodes = ClusterPlan.of(folder).map(ClusterPlan::nodes).orElse(1);
    Map<String, String> started = new LinkedHashMap<>();
    for (int node = 1; node <= nodes; node++) {
      String process = "chaincode-" + sample + (nodes == 1 ? "" : "-" + node);
      String address = folder.ports().chaincode(sample, node);
      launch(process, sample, packageId, address);
      started.put(process, address);
    }
    started.forEach(this::awaitReady);
  }

  /** Starts the server of a sample on an address of the caller's choice. */
  public void start(String sample, String packageId, String address) {
    String process = "chaincode-" + sample;
    launch(process, sample, packageId, address);
    awaitReady(process, address);
  }

  private void awaitReady(String process, String address) {
    int colon = address.lastIndexOf(':');
    processes.awaitPort(
        process,
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
        START_TIMEOUT);
  }

  private void launch(String process, String sample, String packageId, String address) {
    processes.stop(process);
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    Ports.requireFree(Map.of(port, "the chaincode " + sample));
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                classPath(sample)));
    command.addAll(
        sample.equals(PROBE)
            ? List.of(PROBE_SERVER, address + "=" + packageId)
            : List.of("org.hyperledger.fabric.contract.ContractRouter"));
    processes.start(
        process,
        command,
        Map.of(
            "CORE_PEER_LOCALMSPID",
            NetworkFolder.ORG1.mspId(),
            "CORE_CHAINCODE_ID_NAME",
            packageId,
            "CHAINCODE_SERVER_ADDRESS",
            address,
            "CORE_PEER_TLS_ENABLED",
            "false"));
  }

  private String classPath(String sample) {
    try (Stream<Path> jars = Files.list(folder.libraries());
        Stream<Path> own = Files.list(folder.libraries().getParent())) {
      Stream<Path> contract =
          own.filter(f -> f.getFileName().toString().endsWith("-" + sample + ".jar"));
      return Stream.concat(jars.filter(ChaincodeServers::isForChaincode), contract)
          .map(Path::toString)
          .collect(Collectors.joining(System.getProperty("path.separator")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isForChaincode(Path jar) {
    String name = jar.getFileName().toString();
    return NOT_FOR_CHAINCODE.stream().noneMatch(name::startsWith);
  }
}
