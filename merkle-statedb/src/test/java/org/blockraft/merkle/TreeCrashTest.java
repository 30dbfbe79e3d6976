package org.blockraft.merkle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.blockraft.state.KeyValueStore;
import org.blockraft.state.StateDb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 at any instant: afterwards the root is that of a node that never died. */
class TreeCrashTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  /** In the nightly profile, a hundred. */
  private static final int ROUNDS = Integer.getInteger("tree.kills", 6);

  private static final int LIFE_MILLIS = 1500;
  private static final int WAIT_SECONDS = 60;

  private final NaiveTree naive = new NaiveTree();
  private final DeterministicBlocks blocks = new DeterministicBlocks(SEED);
  private long naiveHeight;

  @TempDir private Path folder;

  @Test
  void theRootAfterAKillIsThatOfTheBlocks() throws Exception {
    Random random = new Random(SEED);
    long last = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Process process = start();
      // It has to live until something new is there; how much longer is up to chance.
      boolean ended = process.waitFor(300 + random.nextInt(LIFE_MILLIS), TimeUnit.MILLISECONDS);
      assertFalse(ended, () -> "it ended by itself: " + log());
      process.destroyForcibly().waitFor();
      last = Math.max(last, check());
    }
    assertTrue(last > 0, "nothing was ever committed; seed " + SEED);
  }

  private Process start() throws Exception {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                CommittingProcess.class.getName(),
                folder.resolve("store").toString(),
                Long.toString(SEED)))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }

  private long check() throws InterruptedException {
    ExecutorService workers = Executors.newFixedThreadPool(3);
    try (KeyValueStore store = CommittingProcess.store(folder.resolve("store"))) {
      StateDb state = new StateDb(store);
      long height = state.height();
      try (TreePipeline tree =
          new TreePipeline(
              "channel", new TreeStore(store), state, CommittingProcess.SETTINGS, workers)) {
        assertTrue(tree.await(height, WAIT_SECONDS, TimeUnit.SECONDS), "height " + height);
        while (naiveHeight < height) {
          blocks.apply(naiveHeight++, naive);
        }
        assertArrayEquals(naive.root(), tree.status().root(), "seed " + SEED + ", " + height);
      }
      return height;
    } finally {
      workers.shutdown();
    }
  }
}
