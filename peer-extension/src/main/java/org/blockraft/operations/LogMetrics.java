package org.blockraft.operations;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts log entries by level. What logback lets through is written, so checked and written are the
 * same here.
 *
 * <p>Fabric source: common/flogging/metrics/observer.go.
 */
final class LogMetrics extends AppenderBase<ILoggingEvent> {
  private final Map<Level, Counter> checked = new HashMap<>();
  private final Map<Level, Counter> written = new HashMap<>();

  LogMetrics(MeterRegistry meters) {
    for (FabricLevel level : FabricLevel.values()) {
      if (level.logback() != Level.OFF) {
        checked.put(
            level.logback(),
            counter(
                meters,
                "entries_checked",
                "Number of log entries checked against the active logging level",
                level));
        written.put(
            level.logback(),
            counter(meters, "entries_written", "Number of log entries that are written", level));
      }
    }
  }

  private static Counter counter(
      MeterRegistry meters, String name, String help, FabricLevel level) {
    return Counter.builder("logging." + name)
        .description(help)
        .tag("level", level.text())
        .register(meters);
  }

  @Override
  protected void append(ILoggingEvent event) {
    checked.get(event.getLevel()).increment();
    written.get(event.getLevel()).increment();
  }
}
