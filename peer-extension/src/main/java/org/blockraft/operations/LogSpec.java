package org.blockraft.operations;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * Fabric's logging specification over logback: {@code
 * [<logger>[,<logger>...]=]<level>[:[<logger>[,<logger>...]=]<level>...]}. A logger name is one of
 * Fabric's modules, which stand for packages of this program (see {@link FabricLoggers}), or the
 * name of a logger of this program. Thread-safe.
 *
 * <p>Fabric source: common/flogging/loggerlevels.go, levels.go.
 */
public final class LogSpec {
  private static final Pattern LOGGER_NAME =
      Pattern.compile("^[\\p{Alnum}_#:-]+(\\.[\\p{Alnum}_#:-]+)*$");

  /** Libraries that are silent unless the specification names them. */
  private static final Set<String> LIBRARIES =
      Set.of("io.grpc", "io.netty", "io.micrometer", "sun", "jdk");

  private final LoggerContext context;
  private final Set<String> touched = new HashSet<>();
  private Map<String, FabricLevel> levels = Map.of();
  private FabricLevel defaultLevel = FabricLevel.INFO;

  public LogSpec(LoggerContext context) {
    this.context = context;
  }

  /** A specification that cannot be read; its message is Fabric's. */
  public static final class BadSpec extends RuntimeException {
    BadSpec(String message) {
      super(message);
    }
  }

  /**
   * Makes a specification the active one; the whole of the one before is forgotten.
   *
   * @throws BadSpec when it cannot be read; the active one stays
   */
  public synchronized void activate(String spec) {
    FabricLevel newDefault = FabricLevel.INFO;
    Map<String, FabricLevel> newLevels = new TreeMap<>();
    for (String segment : spec.split(":", -1)) {
      String[] parts = segment.split("=", -1);
      if (parts.length == 1) {
        if (!segment.isEmpty() && FabricLevel.of(segment).isEmpty()) {
          throw bad(spec, "bad segment '" + segment + "'");
        }
        newDefault = FabricLevel.of(segment).orElse(FabricLevel.INFO);
      } else if (parts.length == 2) {
        readLoggers(spec, segment, parts, newLevels);
      } else {
        throw bad(spec, "bad segment '" + segment + "'");
      }
    }
    levels = newLevels;
    defaultLevel = newDefault;
    apply();
  }

  /** The active specification in its normal form: loggers in order, the default level last. */
  public synchronized String spec() {
    String loggers =
        levels.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue().text())
            .sorted()
            .collect(Collectors.joining(":"));
    return loggers.isEmpty() ? defaultLevel.text() : loggers + ":" + defaultLevel.text();
  }

  /** Counts log entries by level from now on. */
  void countInto(MeterRegistry meters) {
    LogMetrics counting = new LogMetrics(meters);
    counting.setContext(context);
    counting.setName("log-metrics");
    counting.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(counting);
  }

  private static void readLoggers(
      String spec, String segment, String[] parts, Map<String, FabricLevel> into) {
    if (parts[0].isEmpty()) {
      throw bad(spec, "no logger specified in segment '" + segment + "'");
    }
    FabricLevel level =
        FabricLevel.of(parts[1]).orElseThrow(() -> bad(spec, "bad segment '" + segment + "'"));
    for (String logger : parts[0].split(",", -1)) {
      String name = logger.endsWith(".") ? logger.substring(0, logger.length() - 1) : logger;
      if (!LOGGER_NAME.matcher(name).matches()) {
        throw bad(spec, "bad logger name '" + logger + "'");
      }
      into.put(logger, level);
    }
  }

  private static BadSpec bad(String spec, String reason) {
    return new BadSpec("invalid logging specification '" + spec + "': " + reason);
  }

  private void apply() {
    touched.forEach(name -> context.getLogger(name).setLevel(null));
    touched.clear();
    Map<String, Level> targets = new HashMap<>();
    LIBRARIES.forEach(name -> targets.put(name, Level.WARN));
    // Shorter names first: the level of a module inside another one wins over the outer one.
    levels.forEach(
        (name, level) -> {
          String module = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
          FabricLoggers.targets(module).forEach(target -> targets.put(target, level.logback()));
        });
    targets.forEach(
        (name, level) -> {
          context.getLogger(name).setLevel(level);
          touched.add(name);
        });
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(defaultLevel.logback());
  }
}
