package org.blockraft.intake;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Which orderer to try next: in random order, and each once before any is tried again, so that dead
 * ones are passed over. For one thread.
 */
final class OrdererRotation {
  private final RandomGenerator random;
  private final Deque<OrdererEndpoint> untried = new ArrayDeque<>();
  private List<OrdererEndpoint> endpoints = List.of();

  OrdererRotation(RandomGenerator random) {
    this.random = random;
  }

  /** Replaces the orderers; returns whether they differ from those before. */
  boolean update(List<OrdererEndpoint> current) {
    if (new HashSet<>(current).equals(new HashSet<>(endpoints))) {
      return false;
    }
    endpoints = List.copyOf(current);
    untried.clear();
    return true;
  }

  /**
   * The orderer to try.
   *
   * @throws OrdererException if the channel names none
   */
  OrdererEndpoint next() {
    if (untried.isEmpty()) {
      List<OrdererEndpoint> shuffled = new ArrayList<>(endpoints);
      Collections.shuffle(shuffled, java.util.Random.from(random));
      untried.addAll(shuffled);
    }
    if (untried.isEmpty()) {
      throw new OrdererException("could not get orderer endpoints: no endpoints currently defined");
    }
    return untried.removeFirst();
  }
}
