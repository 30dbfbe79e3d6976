package org.blockraft.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.blockraft.ledger.DurableTip;

/**
 * One channel on the disk of one node, which outlives its processes but for what was not forced.
 * Private write sets of endorsed transactions are there for sure once they are stored; those of
 * committed ones are written with the block.
 */
final class SimulatedDisk {
  private final List<ToyBlock.Stored> written = new ArrayList<>();
  private final Set<String> endorsed = new TreeSet<>();

  /** All that was ever stored, also what was lost since. */
  private final Set<String> kept = new TreeSet<>();

  /** By transaction id, the number of its block. */
  private final Map<String, Long> committed = new TreeMap<>();

  private int forced;
  private int forcedMax;
  private DurableTip tip = new DurableTip(0, new byte[0]);

  boolean isEmpty() {
    return written.isEmpty();
  }

  /**
   * @param secrets ids of its transactions whose private write sets are here
   */
  void write(ToyBlock.Stored block, Set<String> secrets) {
    written.add(block);
    secrets.forEach(txId -> committed.put(txId, block.block().number()));
  }

  void force() {
    forced = written.size();
    forcedMax = Math.max(forcedMax, forced);
    tip = new DurableTip(forced, ToyBlock.longBytes(state()).toByteArray());
    endorsed.removeAll(committed.keySet());
  }

  /** Stores the private write set of an endorsed transaction; durable at once. */
  void keep(String txId) {
    endorsed.add(txId);
    kept.add(txId);
  }

  /** Whether the private write set of a transaction is here for sure. */
  boolean holds(String txId) {
    return endorsed.contains(txId) || committed.getOrDefault(txId, Long.MAX_VALUE) < forced;
  }

  boolean everHeld(String txId) {
    return kept.contains(txId) || holds(txId);
  }

  /** Whether a process finds it. */
  boolean finds(String txId) {
    return endorsed.contains(txId) || committed.containsKey(txId);
  }

  boolean isCommittedWith(String txId) {
    return committed.containsKey(txId);
  }

  /** Of what was written and not forced some may be there afterwards. */
  void crash(Random random) {
    int kept = forced + random.nextInt(written.size() - forced + 1);
    written.subList(kept, written.size()).clear();
    committed.values().removeIf(block -> block >= kept);
    if (!written.isEmpty()) {
      force();
    }
  }

  void wipe() {
    written.clear();
    endorsed.clear();
    committed.clear();
    forced = 0;
    tip = new DurableTip(0, new byte[0]);
  }

  /** What is on the disk for sure. */
  DurableTip tip() {
    return tip;
  }

  /** The most blocks that were ever on it for sure. */
  long forcedMax() {
    return forcedMax;
  }

  long forced() {
    return forced;
  }

  /** Blocks written, forced or not. */
  long height() {
    return written.size();
  }

  long state() {
    return written.isEmpty() ? 0 : written.getLast().state();
  }

  long config() {
    return written.isEmpty() ? 0 : written.getLast().config();
  }

  long lastHash() {
    return written.isEmpty() ? 0 : written.getLast().block().hash();
  }

  ToyBlock.Stored read(long number) {
    return written.get((int) number);
  }
}
