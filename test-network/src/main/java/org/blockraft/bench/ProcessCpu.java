package org.blockraft.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The CPU time that a process has used, user and system, in microseconds, as Linux accounts it.
 *
 * @param total of the process
 * @param byThread of its threads that are alive, added up by name without trailing numbers
 */
record ProcessCpu(long total, Map<String, Long> byThread) {
  /** USER_HZ, which is 100 on every Linux that Java runs on. */
  private static final long MICROS_PER_TICK = 10_000;

  private static final int UTIME = 11;
  private static final int STIME = 12;

  static ProcessCpu of(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    Map<String, Long> byThread = new TreeMap<>();
    try (Stream<Path> threads = Files.list(process.resolve("task"))) {
      for (Path thread : threads.toList()) {
        try {
          String stat = read(thread);
          String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
          byThread.merge(name.replaceAll("[-#0-9 ]+$", ""), micros(stat), Long::sum);
        } catch (NoSuchFileException ended) {
          // The thread ended between listing and reading.
        }
      }
      return new ProcessCpu(micros(read(process)), byThread);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path folder) throws IOException {
    return Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
  }

  private static long micros(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * MICROS_PER_TICK;
  }

  /** What was used since an earlier reading. */
  ProcessCpu since(ProcessCpu earlier) {
    Map<String, Long> difference = new TreeMap<>();
    byThread.forEach((name, time) -> difference.put(name, time - earlier.of(name)));
    difference.values().removeIf(time -> time <= 0);
    return new ProcessCpu(total - earlier.total, difference);
  }

  /** This and what another process used. */
  ProcessCpu plus(ProcessCpu other) {
    Map<String, Long> sum = new TreeMap<>(byThread);
    other.byThread.forEach((name, time) -> sum.merge(name, time, Long::sum));
    return new ProcessCpu(total + other.total, sum);
  }

  /** For each operation, in microseconds, by thread. */
  Map<String, Double> per(double operations) {
    Map<String, Double> share = new TreeMap<>();
    byThread.forEach((name, time) -> share.put(name, time / operations));
    return share;
  }

  /** What threads with a word in their name used, of all that was used. */
  double share(String word) {
    long named =
        byThread.entrySet().stream()
            .filter(thread -> thread.getKey().contains(word))
            .mapToLong(Map.Entry::getValue)
            .sum();
    return total == 0 ? 0 : (double) named / total;
  }

  private long of(String name) {
    return byThread.getOrDefault(name, 0L);
  }
}
