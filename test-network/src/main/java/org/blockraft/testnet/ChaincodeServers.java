package org.blockraft.testnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs the sample contracts as chaincode servers, each in a process of its own. */
public final class ChaincodeServers {
  private static final Set<String> SAMPLES = Set.of("wallet", "voting");
  private static final int WALLET_PORT = 9999;
  private static final int VOTING_PORT = 9998;
  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

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

  static String address(String sample) {
    return "127.0.0.1:" + (sample.equals("wallet") ? WALLET_PORT : VOTING_PORT);
  }

  /** Starts the server of a sample, or restarts it under another package id. */
  void start(String sample, String packageId) {
    start(sample, packageId, address(sample));
  }

  /** Starts the server of a sample on an address of the caller's choice. */
  public void start(String sample, String packageId, String address) {
    String process = "chaincode-" + sample;
    processes.stop(process);
    processes.start(
        process,
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-cp",
            classPath(sample),
            "org.hyperledger.fabric.contract.ContractRouter"),
        Map.of(
            "CORE_CHAINCODE_ID_NAME",
            packageId,
            "CHAINCODE_SERVER_ADDRESS",
            address,
            "CORE_PEER_TLS_ENABLED",
            "false"));
    processes.awaitLog(process, "Traces disabled", START_TIMEOUT);
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
