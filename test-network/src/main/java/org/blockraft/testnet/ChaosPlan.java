package org.blockraft.testnet;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Which faults come, in which order and how long each lasts: all follows from a seed. Kinds are
 * dealt from a shuffled deck, so that also a short run has each of them.
 */
final class ChaosPlan {
  /** From less than what a link takes for silence to more than a lease. */
  private static final long PAUSE_MILLIS_MIN = 200;

  private static final long PAUSE_MILLIS_MAX = 8000;

  /** A node that is dead or away for longer finds more blocks to catch up with, and no more. */
  private static final long AWAY_MILLIS_MIN = 500;

  private static final long AWAY_MILLIS_MAX = 8000;

  /** Some faults come while the effects of the one before are not all gone. */
  private static final long REST_MILLIS_MIN = 500;

  private static final long REST_MILLIS_MAX = 5000;

  /**
   * A fault.
   *
   * @param pick chooses a node among those that may be struck
   * @param length until the fault ends
   * @param rest between the end of the recovery and the next fault
   */
  record Fault(FaultKind kind, int pick, Duration length, Duration rest) {}

  private final Random random;
  private final boolean cuts;
  private final Deque<FaultKind> deck = new ArrayDeque<>();

  /**
   * @param cuts whether nodes can be cut off
   */
  ChaosPlan(long seed, boolean cuts) {
    this.random = new Random(seed);
    this.cuts = cuts;
  }

  Fault next() {
    if (deck.isEmpty()) {
      deal();
    }
    FaultKind kind = deck.remove();
    return new Fault(
        kind,
        random.nextInt(Integer.MAX_VALUE),
        kind.pauses()
            ? between(PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX)
            : between(AWAY_MILLIS_MIN, AWAY_MILLIS_MAX),
        between(REST_MILLIS_MIN, REST_MILLIS_MAX));
  }

  private void deal() {
    List<FaultKind> all = new ArrayList<>();
    Arrays.stream(FaultKind.values())
        .filter(kind -> cuts || !kind.cuts())
        .forEach(kind -> all.addAll(Collections.nCopies(kind.weight(), kind)));
    Collections.shuffle(all, random);
    deck.addAll(all);
  }

  private Duration between(long least, long most) {
    return Duration.ofMillis(random.nextLong(least, most + 1));
  }
}
