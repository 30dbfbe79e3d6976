package org.blockraft.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A control group (version 1) for processes that share a limit of processor time. */
final class CpuQuota implements AutoCloseable {
  private static final Path ROOT = Path.of("/sys/fs/cgroup/cpu");
  private static final String PROCESSES = "cgroup.procs";

  /** The period that container engines use. */
  static final int PERIOD_MICROS = 100_000;

  private final Path group;

  private CpuQuota(Path group) {
    this.group = group;
  }

  /**
   * A new group without limit; empty where this process may not make one.
   *
   * @param shares weight against other groups and processes of the machine; 1024 is usual
   */
  static Optional<CpuQuota> create(String name, int shares) {
    Path group = ROOT.resolve("blockraft-" + ProcessHandle.current().pid() + "-" + name);
    if (!Files.isWritable(ROOT.resolve("cpu.cfs_quota_us"))) {
      return Optional.empty();
    }
    try {
      Files.createDirectory(group);
      CpuQuota quota = new CpuQuota(group);
      quota.write("cpu.cfs_period_us", PERIOD_MICROS);
      quota.write("cpu.shares", shares);
      return Optional.of(quota);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Sets the limit, in processors. */
  void limit(double processors) {
    write("cpu.cfs_quota_us", Math.round(processors * PERIOD_MICROS));
  }

  private void write(String file, long value) {
    try {
      Files.writeString(group.resolve(file), Long.toString(value), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The command that runs another one, and what that starts, in this group. */
  List<String> wrap(List<String> command) {
    List<String> wrapped = new ArrayList<>();
    String enter = "echo $$ > '" + group.resolve(PROCESSES) + "' && exec \"$0\" \"$@\"";
    wrapped.addAll(List.of("/bin/sh", "-c", enter));
    wrapped.addAll(command);
    return wrapped;
  }

  /** Takes this process in. */
  void enter() {
    write(PROCESSES, ProcessHandle.current().pid());
  }

  /** Removes the group; what still runs in it goes to the one above. */
  @Override
  public void close() {
    try {
      for (String pid : Files.readAllLines(group.resolve(PROCESSES))) {
        Files.writeString(ROOT.resolve(PROCESSES), pid);
      }
      Files.delete(group);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
