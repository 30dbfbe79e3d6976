package org.blockraft.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.blockraft.ledger.DurableTip;

/** The disk of one node, which outlives its processes but for what was not forced. */
final class SimulatedDisk {
  private final List<ToyBlock.Stored> written = new ArrayList<>();
  private int forced;
  private int forcedMax;
  private DurableTip tip = new DurableTip(0, new byte[0]);

  boolean isEmpty() {
    return written.isEmpty();
  }

  void write(ToyBlock.Stored block) {
    written.add(block);
  }

  void force() {
    forced = written.size();
    forcedMax = Math.max(forcedMax, forced);
    tip = new DurableTip(forced, ToyBlock.longBytes(state()).toByteArray());
  }

  /** Of what was written and not forced some may be there afterwards. */
  void crash(Random random) {
    int kept = forced + random.nextInt(written.size() - forced + 1);
    written.subList(kept, written.size()).clear();
    if (!written.isEmpty()) {
      force();
    }
  }

  void wipe() {
    written.clear();
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

  long lastHash() {
    return written.isEmpty() ? 0 : written.getLast().block().hash();
  }

  ToyBlock.Stored read(long number) {
    return written.get((int) number);
  }
}
