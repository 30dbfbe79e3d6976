package org.blockraft.operations;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What changed since the last report, in statsd's lines, under the names that Fabric gives them:
 * labels follow the name in the order in which Fabric lists them. Observations of a histogram go
 * out as their mean with a sampling rate, so that their number and sum are right. Owned by one
 * thread.
 *
 * <p>Fabric source: common/metrics/statsd/provider.go, common/metrics/internal/namer.
 */
final class StatsdLines {
  /** Labels in the order that agrees with every format of Fabric's; others follow by name. */
  private static final List<String> LABELS =
      List.of(
          "type",
          "service",
          "method",
          "code",
          "channel",
          "transaction_type",
          "filtered",
          "data_type",
          "chaincode",
          "chaincodeerror",
          "success",
          "validation_code");

  private static final Pattern NOT_IN_LABELS = Pattern.compile("[.|:\\s]");

  private final String prefix;
  private final Map<Meter.Id, double[]> reported = new HashMap<>();

  StatsdLines(String prefix) {
    this.prefix = prefix.isEmpty() || prefix.endsWith(".") ? prefix : prefix + ".";
  }

  List<String> of(List<Meter> meters) {
    List<String> lines = new ArrayList<>();
    for (Meter meter : meters) {
      switch (meter) {
        case Counter counter -> addCount(meter, counter.count(), lines);
        case FunctionCounter counter -> addCount(meter, counter.count(), lines);
        case Gauge gauge -> lines.add(gauge(name(meter.getId()), gauge.value()));
        case FabricHistogram histogram -> addTimings(histogram, lines);
        default -> {
          // Nothing of Fabric's has another form.
        }
      }
    }
    return lines;
  }

  String gauge(String name, double value) {
    return line(name, value, "g");
  }

  private void addCount(Meter meter, double count, List<String> lines) {
    double[] last = reported.computeIfAbsent(meter.getId(), _ -> new double[1]);
    if (count > last[0]) {
      lines.add(line(name(meter.getId()), count - last[0], "c"));
      last[0] = count;
    }
  }

  private void addTimings(FabricHistogram histogram, List<String> lines) {
    double[] last = reported.computeIfAbsent(histogram.getId(), _ -> new double[2]);
    double count = histogram.count() - last[0];
    double total = histogram.totalAmount() - last[1];
    if (count >= 1) {
      String rate = count > 1 ? String.format(Locale.ROOT, "|@%f", 1 / count) : "";
      lines.add(line(name(histogram.getId()), total / count, "ms" + rate));
      last[0] += count;
      last[1] += total;
    }
  }

  private String line(String name, double value, String type) {
    return prefix + name + String.format(Locale.ROOT, ":%f|%s", value, type);
  }

  private static String name(Meter.Id id) {
    StringBuilder name = new StringBuilder(id.getName());
    id.getTags().stream()
        .sorted(Comparator.comparingInt(StatsdLines::rank).thenComparing(Tag::getKey))
        .forEach(tag -> name.append('.').append(labelValue(tag.getValue())));
    return name.toString();
  }

  private static int rank(Tag tag) {
    int index = LABELS.indexOf(tag.getKey());
    return index < 0 ? LABELS.size() : index;
  }

  private static String labelValue(String value) {
    return NOT_IN_LABELS.matcher(value).replaceAll("_");
  }
}
