package org.blockraft.testnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ChaosScriptsTest {
  private static final int MANY = 2000;

  @Test
  void aSeedGivesTheSameScripts() {
    assertEquals(operations("a", 3), operations("a", 3));
  }

  @Test
  void whatMustBeValidTouchesNothingThatOthersTouch() {
    for (ChaosScripts.Script script : scripts("a", 3)) {
      boolean shared =
          script.operations().stream()
              .anyMatch(
                  o -> (o.contains("\"s") && !o.contains("\"secret\"")) || o.contains("\"asset\""));
      assertTrue(script.conflicts() || !shared, () -> script.operations().toString());
    }
  }

  @Test
  void privateKeysAreWrittenOnce() {
    Set<String> keys = new HashSet<>();
    for (String client : List.of("a", "b")) {
      for (ChaosScripts.Script script : scripts(client, 3)) {
        assertTrue(script.privateKey().isEmpty() || keys.add(script.privateKey()));
      }
    }
    assertTrue(keys.size() > MANY / 10);
  }

  private static List<List<String>> operations(String client, long seed) {
    return scripts(client, seed).stream().map(ChaosScripts.Script::operations).toList();
  }

  private static List<ChaosScripts.Script> scripts(String client, long seed) {
    ChaosScripts scripts = new ChaosScripts(client, seed);
    return Stream.generate(scripts::next).limit(MANY).toList();
  }
}
