package org.blockraft.operations;

import io.micrometer.core.instrument.AbstractMeter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.Arrays;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** A histogram whose buckets only ever grow, as Prometheus expects. Thread-safe. */
final class FabricHistogram extends AbstractMeter implements DistributionSummary {
  private final double[] bounds;
  private final LongAdder[] buckets;
  private final LongAdder count = new LongAdder();
  private final DoubleAdder total = new DoubleAdder();
  private final DoubleAccumulator max = new DoubleAccumulator(Math::max, 0);

  FabricHistogram(Id id, double[] bounds) {
    super(id);
    this.bounds = bounds.clone();
    this.buckets = new LongAdder[bounds.length];
    Arrays.setAll(buckets, i -> new LongAdder());
  }

  @Override
  public void record(double amount) {
    for (int i = 0; i < bounds.length; i++) {
      if (amount <= bounds[i]) {
        buckets[i].increment();
        break;
      }
    }
    count.increment();
    total.add(amount);
    max.accumulate(amount);
  }

  @Override
  public long count() {
    return count.sum();
  }

  @Override
  public double totalAmount() {
    return total.sum();
  }

  @Override
  public double max() {
    return max.get();
  }

  @Override
  public HistogramSnapshot takeSnapshot() {
    return HistogramSnapshot.empty(count(), totalAmount(), max());
  }

  double[] bounds() {
    return bounds.clone();
  }

  /** Counts of the buckets up to and including each bound. */
  long[] cumulative() {
    long[] sums = new long[bounds.length];
    long sum = 0;
    for (int i = 0; i < sums.length; i++) {
      sum += buckets[i].sum();
      sums[i] = sum;
    }
    return sums;
  }
}
