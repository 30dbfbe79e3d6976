package org.blockraft.testnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The processes of the local network. They outlive the command that starts them: each has a pid
 * file and a log file.
 */
public final class Processes {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
  private static final int CONNECT_TIMEOUT_MILLIS = 500;
  private static final int TAIL_LINES = 5;
  private static final Duration POLL = Duration.ofMillis(50);

  private final NetworkFolder folder;

  public Processes(NetworkFolder folder) {
    this.folder = folder;
  }

  /** Starts a process in the background; its output goes to its log. */
  public void start(String name, List<String> command, Map<String, String> environment) {
    if (alive(name).isPresent()) {
      throw new NetworkException(name + " runs already; stop it with: network.sh down");
    }
    try {
      Path log = folder.log(name);
      Files.createDirectories(log.getParent());
      Files.createDirectories(folder.pid(name).getParent());
      if (Files.exists(log)) {
        Files.move(log, folder.previousLog(name), StandardCopyOption.REPLACE_EXISTING);
      }
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      Process process = builder.start();
      Files.writeString(folder.pid(name), Long.toString(process.pid()));
    } catch (IOException e) {
      throw new NetworkException("cannot start " + name + ": " + e.getMessage());
    }
  }

  /** Waits until the log of a process holds a text. */
  public void awaitLog(String name, String text, Duration timeout) {
    await(name, () -> readLog(name).contains(text), timeout);
  }

  /** Waits until a process takes connections. */
  void awaitPort(String name, InetSocketAddress address, Duration timeout) {
    await(name, () -> isOpen(address), timeout);
  }

  private static boolean isOpen(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, CONNECT_TIMEOUT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void await(String name, BooleanSupplier ready, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!ready.getAsBoolean()) {
      if (alive(name).isEmpty()) {
        throw new NetworkException(
            "%s ended, see %s\n%s".formatted(name, folder.log(name), lastLines(name)));
      }
      if (System.nanoTime() > deadline) {
        throw new NetworkException(
            "%s is not ready after %d s, see %s"
                .formatted(name, timeout.toSeconds(), folder.log(name)));
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private String lastLines(String name) {
    List<String> lines = readLog(name).lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }

  private String readLog(String name) {
    try {
      Path log = folder.log(name);
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process, if it is running. */
  public Optional<ProcessHandle> alive(String name) {
    Path file = folder.pid(name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
          .filter(ProcessHandle::isAlive);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of all processes that were started and not yet forgotten. */
  public List<String> names() {
    Path pids = folder.pid("any").getParent();
    if (!Files.isDirectory(pids)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(pids)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".pid"))
          .map(f -> f.substring(0, f.length() - ".pid".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops all processes; their logs stay. */
  void stopAll() {
    names().forEach(this::stop);
  }

  /** Ends a process as a power failure would; it can be started again. */
  public void kill(String name) {
    ProcessHandle process = required(name);
    process.destroyForcibly();
    try {
      process.onExit().get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new NetworkException(name + " does not end");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends a process a signal, for example {@code STOP}. */
  void signal(String name, String signal) {
    String pid = Long.toString(required(name).pid());
    run(List.of("kill", "-" + signal, pid), Map.of(), STOP_TIMEOUT);
  }

  private ProcessHandle required(String name) {
    return alive(name).orElseThrow(() -> new NetworkException(name + " is not running"));
  }

  /** Asks a process to stop, then kills it; forgets it. */
  public void stop(String name) {
    stop(name, STOP_TIMEOUT);
  }

  /**
   * The same with patience.
   *
   * @return whether it ended by itself
   */
  boolean stop(String name, Duration timeout) {
    AtomicBoolean orderly = new AtomicBoolean(true);
    alive(name)
        .ifPresent(
            process -> {
              process.destroy();
              try {
                process.onExit().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
              } catch (TimeoutException | ExecutionException e) {
                orderly.set(false);
                process.destroyForcibly();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try {
      Files.deleteIfExists(folder.pid(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return orderly.get();
  }

  /** Runs a command to its end; its output is in the message when it fails. */
  public String run(List<String> command, Map<String, String> environment, Duration timeout) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      String output =
          new String(
              process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new NetworkException(command.getFirst() + " did not end in time");
      }
      if (process.exitValue() != 0) {
        throw new NetworkException(String.join(" ", command) + " failed:\n" + output);
      }
      return output;
    } catch (IOException e) {
      throw new NetworkException("cannot run " + command.getFirst() + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetworkException("interrupted");
    }
  }
}
