package org.blockraft.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CoreYamlTest {
  private static final String YAML =
      """
      peer:
        id: peer0
        listenAddress: 127.0.0.1:7051
        tls:
          enabled: true
          cert: {file: tls/server.crt}
          clientRootCAs: {files: [tls/ca.crt, /etc/ca.crt]}
      chaincode:
        startuptimeout: 5m0s
        externalBuilders:
          - name: one
            path: /builders/one
            propagateEnvironment: [A, B]
      """;

  private static CoreYaml yaml(Map<String, String> environment) {
    return CoreYaml.parse(Path.of("/cfg"), YAML, environment);
  }

  @Test
  void keysIgnoreCase() {
    CoreYaml yaml = yaml(Map.of());
    assertEquals("127.0.0.1:7051", yaml.text("PEER.listenaddress", ""));
    assertEquals(Duration.ofMinutes(5), yaml.duration("chaincode.startupTimeout", Duration.ZERO));
  }

  @Test
  void environmentWinsUnlessEmpty() {
    CoreYaml yaml = yaml(Map.of("CORE_PEER_ID", "other", "CORE_PEER_LISTENADDRESS", ""));
    assertEquals("other", yaml.text("peer.id", ""));
    assertEquals("127.0.0.1:7051", yaml.text("peer.listenAddress", ""));
    assertEquals("set", yaml(Map.of("CORE_NOT_IN_FILE", "set")).text("not.in.file", ""));
  }

  @Test
  void relativePathsStartAtTheFolderOfCoreYaml() {
    CoreYaml yaml = yaml(Map.of());
    assertEquals(Path.of("/cfg/tls/server.crt"), yaml.requiredPath("peer.tls.cert.file"));
    assertEquals(List.of("tls/ca.crt", "/etc/ca.crt"), yaml.texts("peer.tls.clientRootCAs.files"));
    assertThrows(ConfigurationException.class, () -> yaml.requiredPath("peer.tls.key.file"));
  }

  @Test
  void listsInTheEnvironment() {
    CoreYaml yaml =
        yaml(
            Map.of(
                "CORE_PEER_TLS_CLIENTROOTCAS_FILES", "a b",
                "CORE_CHAINCODE_EXTERNALBUILDERS", "[{name: two, path: /two}]"));
    assertEquals(List.of("a", "b"), yaml.texts("peer.tls.clientRootCAs.files"));
    assertEquals(
        "two", yaml.objects("chaincode.externalBuilders").getFirst().path("name").asText());
  }

  @Test
  void wrongValuesNameTheKey() {
    CoreYaml yaml = yaml(Map.of("CORE_PEER_TLS_ENABLED", "yes please"));
    String text =
        assertThrows(ConfigurationException.class, () -> yaml.flag("peer.tls.enabled", false))
            .getMessage();
    assertTrue(text.contains("peer.tls.enabled"), text);
    assertFalse(yaml.flag("peer.tls.clientAuthRequired", false));
  }

  @ParameterizedTest
  @CsvSource({"300ms,300", "1m30s,90000", "1.5h,5400000", "1h0m0s,3600000", "0s,0", "-2s,-2000"})
  void goDurations(String text, long millis) {
    assertEquals(Duration.ofMillis(millis), GoDuration.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "1", "5 s", "1m x", "1d", "--1s"})
  void wrongGoDurations(String text) {
    if (text.equals("1")) {
      assertEquals(Duration.ofNanos(1), GoDuration.parse(text));
    } else {
      assertThrows(IllegalArgumentException.class, () -> GoDuration.parse(text));
    }
  }

  @Test
  void aTypoInOurSectionIsAnError() {
    CoreYaml typo = CoreYaml.parse(Path.of("/cfg"), "blockraft: {compatibilty: auto}", Map.of());
    assertThrows(ConfigurationException.class, () -> new KnownKeys().check(typo));
    CoreYaml variable =
        CoreYaml.parse(Path.of("/cfg"), "peer: {}", Map.of("CORE_BLOCKRAFT_COMPAT", "2.5"));
    assertThrows(ConfigurationException.class, () -> new KnownKeys().check(variable));
    new KnownKeys()
        .check(CoreYaml.parse(Path.of("/cfg"), "blockraft: {compatibility: auto}", Map.of()));
  }
}
