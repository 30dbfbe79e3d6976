package org.blockraft.operations;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All samples of one metric name, in Prometheus' text format.
 *
 * @param name the name as it is shown
 * @param help what it means; may be empty
 * @param type counter, gauge, histogram, summary or untyped
 * @param samples lines after the name: a suffix, labels in braces, the value
 */
record MetricFamily(String name, String help, String type, List<Sample> samples) {
  /**
   * One line: the suffix is appended to the family's name; labels are ready text without braces.
   */
  record Sample(String suffix, String labels, double value) {}

  static String name(String meterName) {
    return meterName.replace('.', '_').replace('-', '_');
  }

  static MetricFamily single(String name, String help, String type, double value) {
    return new MetricFamily(name, help, type, List.of(new Sample("", "", value)));
  }

  static MetricFamily of(String name, List<Meter> meters) {
    Meter first = meters.getFirst();
    String help = first.getId().getDescription();
    List<Sample> samples = new ArrayList<>();
    meters.stream()
        .sorted(Comparator.comparing(meter -> labels(meter, "")))
        .forEach(meter -> addSamples(meter, samples));
    return new MetricFamily(name, help == null ? "" : help, type(first), samples);
  }

  void appendTo(StringBuilder out) {
    out.append("# HELP ").append(name).append(' ').append(escape(help, false)).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    for (Sample sample : samples) {
      out.append(name).append(sample.suffix());
      if (!sample.labels().isEmpty()) {
        out.append('{').append(sample.labels()).append('}');
      }
      out.append(' ').append(GoNumber.format(sample.value())).append('\n');
    }
  }

  private static String type(Meter meter) {
    return switch (meter) {
      case Counter _, FunctionCounter _ -> "counter";
      case Gauge _ -> "gauge";
      case FabricHistogram _ -> "histogram";
      default -> "untyped";
    };
  }

  private static void addSamples(Meter meter, List<Sample> samples) {
    switch (meter) {
      case FabricHistogram histogram -> addBuckets(histogram, samples);
      case Counter counter -> samples.add(new Sample("", labels(meter, ""), counter.count()));
      case FunctionCounter counter ->
          samples.add(new Sample("", labels(meter, ""), counter.count()));
      case Gauge gauge -> samples.add(new Sample("", labels(meter, ""), gauge.value()));
      default -> {
        for (Measurement m : meter.measure()) {
          String suffix = "_" + m.getStatistic().getTagValueRepresentation();
          samples.add(new Sample(suffix, labels(meter, ""), m.getValue()));
        }
      }
    }
  }

  private static void addBuckets(FabricHistogram histogram, List<Sample> samples) {
    // Buckets are read before the count, so that the last bucket never exceeds it.
    double[] bounds = histogram.bounds();
    long[] counts = histogram.cumulative();
    long count = Math.max(histogram.count(), counts.length == 0 ? 0 : counts[counts.length - 1]);
    for (int i = 0; i < bounds.length; i++) {
      String le = "le=\"" + GoNumber.format(bounds[i]) + "\"";
      samples.add(new Sample("_bucket", labels(histogram, le), counts[i]));
    }
    samples.add(new Sample("_bucket", labels(histogram, "le=\"+Inf\""), count));
    samples.add(new Sample("_sum", labels(histogram, ""), histogram.totalAmount()));
    samples.add(new Sample("_count", labels(histogram, ""), count));
  }

  private static String labels(Meter meter, String last) {
    StringBuilder out = new StringBuilder();
    for (Tag tag : meter.getId().getTagsAsIterable()) {
      out.append(out.isEmpty() ? "" : ",")
          .append(name(tag.getKey()))
          .append("=\"")
          .append(escape(tag.getValue(), true))
          .append('"');
    }
    return last.isEmpty()
        ? out.toString()
        : out.append(out.isEmpty() ? "" : ",").append(last).toString();
  }

  private static String escape(String text, boolean quotes) {
    String escaped = text.replace("\\", "\\\\").replace("\n", "\\n");
    return quotes ? escaped.replace("\"", "\\\"") : escaped;
  }
}
