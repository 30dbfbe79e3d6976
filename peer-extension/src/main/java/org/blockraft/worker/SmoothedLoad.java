package org.blockraft.worker;

/**
 * How much work there was lately: an average of samples that forgets old ones. One thread samples;
 * any may read.
 */
public final class SmoothedLoad {
  /** With samples every 100 ms, the last half second counts most. */
  private static final double WEIGHT = 0.2;

  private volatile double value;

  /** Takes in how much there is now; returns the average. */
  public double sample(int now) {
    double next = value + (now - value) * WEIGHT;
    value = next;
    return next;
  }

  public double value() {
    return value;
  }
}
