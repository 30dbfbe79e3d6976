package org.blockraft.operations;

import io.micrometer.core.instrument.AbstractMeter;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.DoubleAdder;

/** A counter under its own name, without a suffix. Thread-safe. */
final class FabricCounter extends AbstractMeter implements Counter {
  private final DoubleAdder value = new DoubleAdder();

  FabricCounter(Id id) {
    super(id);
  }

  @Override
  public void increment(double amount) {
    value.add(amount);
  }

  @Override
  public double count() {
    return value.sum();
  }
}
