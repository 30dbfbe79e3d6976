package org.blockraft.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueLimits;
import org.blockraft.state.KeyValueStore;
import org.blockraft.state.MemoryState;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateDb;
import org.blockraft.state.StateUpdates;
import org.blockraft.state.StateView;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays whole simulations that were recorded from the Go implementation. */
class RecordedSimulationsTest {

  private static final int SIMULATIONS = 150;

  @TempDir private Path directory;

  @Test
  void shouldAnswerAsRecordedOnStateInMemory() throws IOException {
    MemoryState state = new MemoryState();
    state.apply(recordedState(), 6);
    replay(() -> state);
  }

  @Test
  void shouldAnswerAsRecordedOnTheStore() throws IOException {
    try (KeyValueStore store =
            KeyValueStore.open(directory, List.of(StateDb.FAMILY), KeyValueLimits.SMALL);
        KeyValueBatch batch = store.batch()) {
      StateDb db = new StateDb(store);
      db.apply(recordedState(), 6, batch);
      store.write(batch, false);
      replay(db::snapshot);
    }
  }

  private static void replay(Supplier<StateView> state) throws IOException {
    SimulationReplay replay = null;
    int results = 0;
    int number = 0;
    for (String line : lines()) {
      number++;
      int arrow = line.indexOf(" > ");
      if (line.equals("simulate")) {
        replay = new SimulationReplay(state.get());
      } else if (arrow > 0) {
        String answer = replay.answer(line.substring(0, arrow).split(" "));
        assertEquals(
            line.substring(arrow + 3), answer, "line " + number + ": " + line.substring(0, arrow));
        results += line.startsWith("result") ? 1 : 0;
      }
    }
    assertEquals(SIMULATIONS, results);
  }

  private static StateUpdates recordedState() throws IOException {
    StateUpdates updates = new StateUpdates();
    for (String line : lines()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "state" ->
            updates.put(
                text(words[1]), bytes(words[2]), value(words[3], bytes(words[4]), words[5]));
        case "hash" ->
            updates.put(
                Namespaces.hashed(text(words[1]), text(words[2])),
                Sha256.of(text(words[3])),
                value(words[4], bytes(words[5]), words[6]));
        case "private" ->
            updates.put(
                Namespaces.pvt(text(words[1]), text(words[2])),
                bytes(words[3]),
                value(words[4], VersionedValue.NO_METADATA, words[5]));
        default -> {
          // A step of a simulation.
        }
      }
    }
    return updates;
  }

  private static VersionedValue value(String value, byte[] metadata, String version) {
    int comma = version.indexOf(',');
    return new VersionedValue(
        bytes(value),
        metadata,
        new Version(
            Long.parseLong(version.substring(0, comma)),
            Long.parseLong(version.substring(comma + 1))));
  }

  private static List<String> lines() throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                RecordedSimulationsTest.class.getResourceAsStream("simulations.txt"), UTF_8))) {
      return in.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }

  static String text(String word) {
    return new String(bytes(word), UTF_8);
  }

  static byte[] bytes(String word) {
    return word.equals("-") ? new byte[0] : HexFormat.of().parseHex(word);
  }
}
