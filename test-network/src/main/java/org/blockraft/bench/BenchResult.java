package org.blockraft.bench;

import java.util.Map;
import java.util.TreeMap;

/** What one run of one peer showed. */
record BenchResult(String peer, int run, Phase catchUp, Phase read, Phase write) {
  private static final double NANOS = 1e9;

  /** A number of operations, how long they took, and what they cost the peer. */
  record Phase(long operations, long nanos, ProcessCpu cpu) {
    double perSecond() {
      return operations * NANOS / nanos;
    }

    double cpuMicros() {
      return (double) cpu.total() / operations;
    }

    Map<String, Object> facts() {
      Map<String, Object> threads = new TreeMap<>();
      cpu.byThread().forEach((name, time) -> threads.put(name, time / (double) operations));
      return Map.of(
          "operations",
          operations,
          "seconds",
          nanos / NANOS,
          "perSecond",
          perSecond(),
          "cpuMicrosPerOperation",
          cpuMicros(),
          "cpuMicrosPerOperationByThread",
          threads);
    }

    String cells() {
      return "%9.0f %8.0f".formatted(perSecond(), cpuMicros());
    }
  }

  String line() {
    return line(peer, Integer.toString(run), catchUp.cells(), read.cells(), write.cells());
  }

  static String line(String peer, String run, String catchUp, String read, String write) {
    return "%-8s %-7s %s  %s  %s".formatted(peer, run, catchUp, read, write);
  }

  Map<String, Object> facts() {
    return Map.of(
        "peer", peer,
        "run", run,
        "catchUp", catchUp.facts(),
        "endorseRead", read.facts(),
        "endorseWrite", write.facts());
  }
}
