package org.blockraft.bench;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.blockraft.state.StateUpdates;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;

/**
 * Blocks of write sets in the shape of the paper's contracts, without their signatures: transfers
 * between accounts, votes for candidates, or writes of keys that no other transaction of the block
 * has.
 *
 * @param kind of contract
 * @param keys in the state
 * @param block updates in each block, of two keys for each transaction but the disjoint ones
 * @param conflict percent of transactions that touch one of the few busiest keys
 */
record TreeWorkload(Kind kind, int keys, int block, int conflict, long seed) {
  enum Kind {
    DISJOINT,
    WALLET,
    VOTING
  }

  /** As many as the paper's busiest files have. */
  private static final int BUSY_KEYS = 10;

  private static final int PERCENT = 100;
  private static final String NAMESPACE = "wallet";

  private static byte[] key(int number) {
    return ("wallet" + number).getBytes(StandardCharsets.UTF_8);
  }

  private static void put(StateUpdates updates, int key, long block, int tx, long value) {
    byte[] bytes = Long.toString(value).getBytes(StandardCharsets.UTF_8);
    updates.put(NAMESPACE, key(key), new VersionedValue(bytes, new Version(block, tx)));
  }

  /** The keys from one number to another, as the first blocks write them. */
  StateUpdates first(int from, int to, long number) {
    StateUpdates updates = new StateUpdates();
    for (int key = from; key < to; key++) {
      put(updates, key, number, key - from, 0);
    }
    return updates;
  }

  /** The updates of a block, which follow from its number. */
  StateUpdates of(long number) {
    Random random = new Random(seed * 31 + number);
    StateUpdates updates = new StateUpdates();
    int start = random.nextInt(keys);
    for (int tx = 0; updates.size() < Math.min(block, keys); tx++) {
      switch (kind) {
        // A step that shares no factor with most sizes: neighbours are far apart.
        case DISJOINT ->
            put(updates, (int) ((start + tx * 7919L) % keys), number, tx, random.nextInt());
        case WALLET -> {
          put(updates, any(random), number, tx, random.nextInt());
          put(updates, any(random), number, tx, random.nextInt());
        }
        case VOTING -> {
          put(updates, any(random), number, tx, 0);
          put(updates, random.nextInt(Math.min(BUSY_KEYS, keys)), number, tx, tx);
        }
        default -> throw new IllegalStateException(kind.name());
      }
      if (tx > PERCENT * block) {
        break; // fewer different keys than updates
      }
    }
    return updates;
  }

  private int any(Random random) {
    return random.nextInt(PERCENT) < conflict
        ? random.nextInt(Math.min(BUSY_KEYS, keys))
        : random.nextInt(keys);
  }
}
