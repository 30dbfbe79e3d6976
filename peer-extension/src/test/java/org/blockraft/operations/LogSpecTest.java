package org.blockraft.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LogSpecTest {
  private final LoggerContext context = new LoggerContext();
  private final LogSpec logSpec = new LogSpec(context);

  private Level level(String logger) {
    return context.getLogger(logger).getEffectiveLevel();
  }

  @Test
  void specificationsAreShownInTheirNormalForm() {
    Map<String, String> specs =
        Map.ofEntries(
            Map.entry("", "info"),
            Map.entry("DEBUG", "debug"),
            Map.entry("warning", "warn"),
            Map.entry("a=debug", "a=debug:info"),
            Map.entry("b,a=WARN:error", "a=warn:b=warn:error"),
            Map.entry("info:a.b.=debug:warn", "a.b.=debug:warn"),
            Map.entry("a=payload", "a=Level(-2):info"),
            Map.entry("a=critical:notice", "a=error:info"),
            Map.entry("gossip.x#1_-=fatal", "gossip.x#1_-=fatal:info"));
    specs.forEach(
        (spec, normal) -> {
          logSpec.activate(spec);
          assertEquals(normal, logSpec.spec(), spec);
        });
  }

  @Test
  void badSpecificationsChangeNothing() {
    logSpec.activate("warn");
    Map<String, String> specs =
        Map.of(
            "foo", "bad segment 'foo'",
            "a=b=c", "bad segment 'a=b=c'",
            "=debug", "no logger specified in segment '=debug'",
            "a=", "bad segment 'a='",
            "a=Info", "bad segment 'a=Info'",
            "debug:a=invalid", "bad segment 'a=invalid'",
            ".a=debug", "bad logger name '.a'",
            "a,=debug", "bad logger name ''",
            "a b=debug", "bad logger name 'a b'",
            "a..=debug", "bad logger name 'a..'");
    specs.forEach(
        (spec, reason) -> {
          Exception failure =
              assertThrows(LogSpec.BadSpec.class, () -> logSpec.activate(spec), spec);
          assertEquals(
              "invalid logging specification '" + spec + "': " + reason, failure.getMessage());
        });
    assertEquals("warn", logSpec.spec());
    assertEquals(Level.WARN, level("org.blockraft.endorse.Endorser"));
  }

  @Test
  void modulesOfFabricStandForPackages() {
    logSpec.activate("endorser,gossip.state=debug:gateway=error:warn");
    assertEquals(Level.DEBUG, level("org.blockraft.endorse.Endorser"));
    assertEquals(Level.DEBUG, level("org.blockraft.gossip.Anything"));
    assertEquals(Level.ERROR, level("org.blockraft.ingress.GatewayService"));
    assertEquals(Level.WARN, level("org.blockraft.ledger.Ledger"));
    logSpec.activate("org.blockraft.ledger=debug:info");
    assertEquals(Level.DEBUG, level("org.blockraft.ledger.Ledger"));
    assertEquals(Level.INFO, level("org.blockraft.endorse.Endorser"));
  }

  @Test
  void librariesAreSilentUnlessNamed() {
    logSpec.activate("debug");
    assertEquals(Level.WARN, level("io.grpc.netty.Something"));
    assertEquals(Level.DEBUG, level("org.blockraft.peer.Main"));
    logSpec.activate("grpc=debug");
    assertEquals(Level.DEBUG, level("io.grpc.netty.Something"));
  }
}
