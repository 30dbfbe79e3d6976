package org.blockraft.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that commits is killed: what it announced is there, and the chain goes on. */
class KilledProcessTest {
  private static final int BLOCKS = 1000;

  @TempDir Path root;

  /** Commits block after block, announcing each on its standard output. */
  static final class Child {
    public static void main(String[] arguments) {
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      try (TestLedgers ledgers = new TestLedgers(Path.of(arguments[0]))) {
        TestChain chain = new TestChain();
        Ledger ledger = ledgers.ledgers.create(chain.genesis());
        for (int i = 1; i < BLOCKS; i++) {
          ledger.commit(
              chain.valid(TestChain.writes("t" + i, Map.of("a", Integer.toString(i)))),
              PrivateDataSource.NONE,
              i % 4 != 0);
          out.println("visible " + ledger.height());
        }
      }
    }
  }

  @Test
  void keepsWhatWasAnnounced() throws Exception {
    for (int run = 0; run < 2; run++) {
      Path directory = root.resolve("run" + run);
      long announced = killAfter(directory, 40 + 33 * run);
      try (TestLedgers ledgers = new TestLedgers(directory)) {
        Ledger ledger = ledgers.open();
        assertTrue(ledger.height() >= announced, ledger.height() + " < " + announced);
        assertEquals(
            Long.toString(ledger.height() - 1),
            TestLedgers.value(ledger, TestChain.CHAINCODE, "a"));
        TestChain chain = new TestChain();
        chain.genesis();
        for (int i = 1; i < ledger.height(); i++) {
          chain.valid(TestChain.writes("t" + i, Map.of("a", Integer.toString(i))));
        }
        ledger.commit(chain.valid(TestChain.writes("more", Map.of("a", "more"))));
        assertEquals("more", TestLedgers.value(ledger, TestChain.CHAINCODE, "a"));
      }
    }
  }

  private static long killAfter(Path directory, int lines) throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path errors = Files.createTempFile("child", ".err");
    Process child =
        new ProcessBuilder(
                java.toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                directory.toString())
            .redirectError(errors.toFile())
            .start();
    try {
      return readUntil(child, lines, errors);
    } finally {
      child.destroyForcibly();
      assertTrue(child.waitFor(20, TimeUnit.SECONDS));
      Files.delete(errors);
    }
  }

  private static long readUntil(Process child, int lines, Path errors) throws IOException {
    long announced = 0;
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      int seen = 0;
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        List<String> words = List.of(line.split(" "));
        if (words.getFirst().equals("visible")) {
          announced = Long.parseLong(words.getLast());
          if (++seen == lines) {
            return announced;
          }
        }
      }
    }
    throw new AssertionError("the child ended early: " + Files.readString(errors));
  }
}
