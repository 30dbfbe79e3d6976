package org.blockraft.coordination;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A real etcd of one member on loopback, with its data in a temporary folder. */
final class EtcdServer implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(20);

  private final Path folder;
  private final Optional<Path> certificates;
  private final int clientPort;
  private final int peerPort;
  private Process process;

  private EtcdServer(Path folder, Optional<Path> certificates) throws IOException {
    this.folder = folder;
    this.certificates = certificates;
    this.clientPort = freePort();
    this.peerPort = freePort();
  }

  /** Where the program is; none if the path has none. */
  static Optional<Path> program(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static EtcdServer start(Path folder) throws IOException {
    EtcdServer server = new EtcdServer(folder, Optional.empty());
    server.start();
    return server;
  }

  /** One that speaks TLS only and asks clients for a certificate. */
  static EtcdServer startWithTls(Path folder, Path certificates) throws IOException {
    EtcdServer server = new EtcdServer(folder, Optional.of(certificates));
    server.start();
    return server;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  String endpoint() {
    return "127.0.0.1:" + clientPort;
  }

  private String clientUrl() {
    return (certificates.isPresent() ? "https://" : "http://") + endpoint();
  }

  /** Starts, or starts again with the data it has. */
  void start() throws IOException {
    String peerUrl = "http://127.0.0.1:" + peerPort;
    List<String> command =
        new ArrayList<>(
            List.of(
                EtcdServer.program("etcd").orElseThrow().toString(),
                "--name=test",
                "--data-dir=" + folder.resolve("data"),
                "--listen-client-urls=" + clientUrl(),
                "--advertise-client-urls=" + clientUrl(),
                "--listen-peer-urls=" + peerUrl,
                "--initial-advertise-peer-urls=" + peerUrl,
                "--initial-cluster=test=" + peerUrl,
                "--heartbeat-interval=50",
                "--election-timeout=500",
                "--logger=zap"));
    certificates.ifPresent(
        path ->
            command.addAll(
                List.of(
                    "--cert-file=" + path.resolve("server.pem"),
                    "--key-file=" + path.resolve("server.key"),
                    "--trusted-ca-file=" + path.resolve("ca.pem"),
                    "--client-cert-auth")));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("etcd.log").toFile()))
            .start();
    Awaitility.await("etcd listens").atMost(START_MAX).until(this::listens);
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), clientPort)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Kills it; its data stays. */
  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs etcdctl against it; returns what it printed. */
  String control(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(program("etcdctl").orElseThrow().toString(), "--endpoints=" + clientUrl()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("ETCDCTL_API", "3");
    Process control = builder.start();
    String output = new String(control.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!control.waitFor(10, TimeUnit.SECONDS) || control.exitValue() != 0) {
        throw new IOException("etcdctl " + String.join(" ", arguments) + ": " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return output;
  }

  /** Deletes its data while it is down. */
  void wipe() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() {
    kill();
  }
}
