package org.blockraft.operations;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.cumulative.CumulativeFunctionCounter;
import io.micrometer.core.instrument.cumulative.CumulativeFunctionTimer;
import io.micrometer.core.instrument.cumulative.CumulativeTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.internal.DefaultGauge;
import io.micrometer.core.instrument.internal.DefaultLongTaskTimer;
import io.micrometer.core.instrument.internal.DefaultMeter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The meters of this process and their text for Prometheus, with the names that Fabric gives them:
 * dots and dashes of a meter's name become underscores and nothing is added, so {@code
 * endorser.proposal_duration} is shown as {@code endorser_proposal_duration}. A distribution
 * summary is a histogram; its buckets are its service level objectives, else the ones that Go's
 * client has by default. Thread-safe.
 *
 * <p>Fabric source: common/metrics/prometheus/provider.go.
 */
public final class FabricMeterRegistry extends MeterRegistry {
  /** The buckets of a histogram that names none, in seconds: prometheus.DefBuckets. */
  private static final double[] DEFAULT_BUCKETS = {
    .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10
  };

  private final RuntimeMetrics runtime;

  public FabricMeterRegistry() {
    super(Clock.SYSTEM);
    this.runtime = new RuntimeMetrics();
  }

  /** Everything in Prometheus' text format 0.0.4, families in the order of their names. */
  public String scrape() {
    List<MetricFamily> families = new ArrayList<>(runtime.families());
    getMeters().stream()
        .collect(
            java.util.stream.Collectors.groupingBy(m -> MetricFamily.name(m.getId().getName())))
        .forEach((name, meters) -> families.add(MetricFamily.of(name, meters)));
    families.sort(Comparator.comparing(MetricFamily::name));
    StringBuilder text = new StringBuilder(1 << 14);
    families.forEach(family -> family.appendTo(text));
    return text.toString();
  }

  @Override
  protected Counter newCounter(Meter.Id id) {
    return new FabricCounter(id);
  }

  @Override
  protected DistributionSummary newDistributionSummary(
      Meter.Id id, DistributionStatisticConfig config, double scale) {
    double[] bounds = config.getServiceLevelObjectiveBoundaries();
    return new FabricHistogram(id, bounds == null || bounds.length == 0 ? DEFAULT_BUCKETS : bounds);
  }

  @Override
  protected <T> Gauge newGauge(Meter.Id id, T object, ToDoubleFunction<T> value) {
    return new DefaultGauge<>(id, object, value);
  }

  @Override
  protected Timer newTimer(
      Meter.Id id, DistributionStatisticConfig config, PauseDetector pauseDetector) {
    return new CumulativeTimer(id, clock, config, pauseDetector, getBaseTimeUnit(), false);
  }

  @Override
  protected LongTaskTimer newLongTaskTimer(Meter.Id id, DistributionStatisticConfig config) {
    return new DefaultLongTaskTimer(id, clock, getBaseTimeUnit(), config, false);
  }

  @Override
  protected Meter newMeter(Meter.Id id, Meter.Type type, Iterable<Measurement> measurements) {
    return new DefaultMeter(id, type, measurements);
  }

  @Override
  protected <T> FunctionTimer newFunctionTimer(
      Meter.Id id,
      T object,
      ToLongFunction<T> count,
      ToDoubleFunction<T> totalTime,
      TimeUnit totalTimeUnit) {
    return new CumulativeFunctionTimer<>(
        id, object, count, totalTime, totalTimeUnit, getBaseTimeUnit());
  }

  @Override
  protected <T> FunctionCounter newFunctionCounter(
      Meter.Id id, T object, ToDoubleFunction<T> count) {
    return new CumulativeFunctionCounter<>(id, object, count);
  }

  @Override
  protected TimeUnit getBaseTimeUnit() {
    return TimeUnit.SECONDS;
  }

  @Override
  protected DistributionStatisticConfig defaultHistogramConfig() {
    return DistributionStatisticConfig.NONE.merge(DistributionStatisticConfig.DEFAULT);
  }
}
