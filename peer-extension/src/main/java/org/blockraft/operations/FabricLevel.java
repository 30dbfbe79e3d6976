package org.blockraft.operations;

import ch.qos.logback.classic.Level;
import java.util.Optional;

/** Fabric's log levels, their text and what each is in logback. */
enum FabricLevel {
  PAYLOAD("Level(-2)", Level.TRACE),
  DEBUG("debug", Level.DEBUG),
  INFO("info", Level.INFO),
  WARN("warn", Level.WARN),
  ERROR("error", Level.ERROR),
  // Only a process that is about to end logs at the next three, so nothing of this program passes
  // them.
  DPANIC("dpanic", Level.OFF),
  PANIC("panic", Level.OFF),
  FATAL("fatal", Level.OFF);

  private final String text;

  @SuppressWarnings("ImmutableEnumChecker") // logback's levels never change
  private final Level logback;

  FabricLevel(String text, Level logback) {
    this.text = text;
    this.logback = logback;
  }

  /** The level with this name, all lower or all upper case. */
  static Optional<FabricLevel> of(String name) {
    return Optional.ofNullable(
        switch (name) {
          case "PAYLOAD", "payload" -> PAYLOAD;
          case "DEBUG", "debug" -> DEBUG;
          case "INFO", "info", "NOTICE", "notice" -> INFO;
          case "WARNING", "WARN", "warning", "warn" -> WARN;
          case "ERROR", "error", "CRITICAL", "critical" -> ERROR;
          case "DPANIC", "dpanic" -> DPANIC;
          case "PANIC", "panic" -> PANIC;
          case "FATAL", "fatal" -> FATAL;
          default -> null;
        });
  }

  String text() {
    return text;
  }

  Level logback() {
    return logback;
  }
}
