package org.blockraft.chaincode;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;

/**
 * One program of an external builder while it runs. Its stderr goes to the log, line by line; its
 * stdout nowhere. Safe for use by many threads. Fabric: core/container/externalbuilder/session.go.
 */
final class BuilderProcess {
  private static final int SIGNAL_EXIT_BASE = 128; // how the JDK reports death by signal
  private static final Map<Integer, String> SIGNALS =
      Map.of(
          1,
          "hangup",
          2,
          "interrupt",
          6,
          "aborted",
          9,
          "killed",
          11,
          "segmentation fault",
          15,
          "terminated");

  private final Process process;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();

  private BuilderProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts a program.
   *
   * @param command the program and its arguments
   * @param environment its whole environment
   * @param log where its stderr goes
   * @param atExit runs once, after the program ended
   */
  static BuilderProcess start(
      List<String> command, Map<String, String> environment, Logger log, Runnable atExit) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new ChaincodeException(goText(command.getFirst(), e), e);
    }
    BuilderProcess started = new BuilderProcess(process);
    // Reading a pipe holds on to its carrier, and a chaincode may run for months.
    Thread.ofPlatform()
        .daemon()
        .name("builder-" + process.pid())
        .start(() -> started.follow(log, atExit));
    return started;
  }

  /** Waits for the end; throws "exit status 1" and the like if it was not good. */
  void awaitSuccess() throws InterruptedException {
    int code;
    try {
      code = exit.get();
    } catch (ExecutionException e) {
      throw new ChaincodeException(e.getMessage(), e);
    }
    String failure = failure(code);
    if (failure != null) {
      throw new ChaincodeException(failure);
    }
  }

  /** What Go's os/exec says of an exit code; null if it is zero. */
  static String failure(int code) {
    if (code == 0) {
      return null;
    }
    String signal = SIGNALS.get(code - SIGNAL_EXIT_BASE);
    return signal == null ? "exit status " + code : "signal: " + signal;
  }

  /**
   * Asks the program to end, then makes it; false if it is still there after twice the patience.
   */
  boolean stop(Duration patience) throws InterruptedException {
    process.destroy();
    if (endsWithin(patience)) {
      return true;
    }
    process.destroyForcibly();
    return endsWithin(patience);
  }

  /** Asks the program to end, and waits for nothing. */
  void terminate() {
    process.destroy();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  private boolean endsWithin(Duration patience) throws InterruptedException {
    try {
      exit.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }

  private void follow(Logger log, Runnable atExit) {
    try (BufferedReader stderr = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = stderr.readLine(); line != null; line = stderr.readLine()) {
        log.info("{}", line);
      }
    } catch (IOException e) {
      log.error("command output scanning failed: {}", e.getMessage());
    }
    try {
      int code = process.waitFor();
      atExit.run();
      exit.complete(code);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exit.completeExceptionally(e);
    }
  }

  private static String goText(String program, IOException e) {
    String reason = String.valueOf(e.getMessage());
    if (reason.contains("error=2,")) {
      return "fork/exec " + program + ": no such file or directory";
    }
    if (reason.contains("error=13,")) {
      return "fork/exec " + program + ": permission denied";
    }
    return "fork/exec " + program + ": " + reason;
  }
}
