package org.blockraft.configs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.blockraft.peer.CoreYaml;
import org.blockraft.peer.PeerConfig;
import org.junit.jupiter.api.Test;

/** The documented core.yaml is one that the peer reads, and documents what the peer acts on. */
final class CoreYamlFileTest {
  private static final Path FOLDER = Path.of("").toAbsolutePath();

  @Test
  void thePeerReadsIt() {
    CoreYaml yaml =
        CoreYaml.load(
            Map.of(
                "FABRIC_CFG_PATH", FOLDER.toString(), "CORE_PEER_ADDRESS", "peer0.example:7051"));
    PeerConfig config = PeerConfig.from(yaml, false);
    assertEquals("peer0.org1.example.com", config.id());
    assertEquals("peer0.example:7051", config.address());
    assertEquals(PeerConfig.Compatibility.V2_5, config.own().compatibility());
    assertEquals(Duration.ofSeconds(30), config.chaincode().executeTimeout());
    assertEquals(FOLDER.resolve("msp"), config.mspFolder());
  }

  @Test
  void everyKeyThatHasAnEffectIsDocumented() throws IOException {
    String text = Files.readString(FOLDER.resolve("core.yaml")).toLowerCase(Locale.ROOT);
    List<String> missing =
        keysInUse().stream()
            .filter(key -> !text.contains(key.substring(key.lastIndexOf('.') + 1) + ":"))
            .toList();
    assertEquals(List.of(), missing);
  }

  private static List<String> keysInUse() throws IOException {
    try (var in = PeerConfig.class.getResourceAsStream("core-keys.txt")) {
      List<String> keys =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> line.endsWith(" used") && !line.contains("*"))
              .map(line -> line.substring(0, line.indexOf(' ')).toLowerCase(Locale.ROOT))
              .toList();
      assertTrue(keys.size() > 50, "the list of keys is there");
      return keys;
    }
  }
}
