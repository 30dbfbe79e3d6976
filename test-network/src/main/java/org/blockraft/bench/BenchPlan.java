package org.blockraft.bench;

import java.util.List;
import java.util.Optional;

/** What is measured, and how much of it. */
record BenchPlan(
    Optional<String> chaincode,
    List<String> read,
    List<String> write,
    int transactions,
    int proposals,
    int warmup,
    int repetitions,
    List<String> peers) {
  private static final String PAD = "x".repeat(120);

  /** Reads what a transaction of the chain wrote. */
  List<String> read(int number) {
    return filled(read, number % transactions);
  }

  List<String> write(int number) {
    return filled(write, number);
  }

  private static List<String> filled(List<String> words, int number) {
    return words.stream()
        .map(w -> w.replace("{n}", Integer.toString(number)).replace("{pad}", PAD))
        .toList();
  }
}
