package org.blockraft.chaincode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoFormatsTest {

  @ParameterizedTest
  @CsvSource({
    "10s, 10000",
    "1m30s, 90000",
    "1.5s, 1500",
    "-2ms, -2",
    "0, 0",
    "1h, 3600000",
    ".5s, 500"
  })
  void durations(String text, long millis) {
    assertEquals(Duration.ofMillis(millis), GoDuration.parse(text));
  }

  @Test
  void badDurations() {
    assertDurationFails("", "time: invalid duration \"\"");
    assertDurationFails("10", "time: missing unit in duration \"10\"");
    assertDurationFails("10s5", "time: missing unit in duration \"10s5\"");
    assertDurationFails("s", "time: invalid duration \"s\"");
  }

  private static void assertDurationFails(String text, String message) {
    assertEquals(
        message, assertThrows(ChaincodeException.class, () -> GoDuration.parse(text)).getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain:9999|plain:9999",
        "{{.peername}}_cc:9999|peer0org1_cc:9999",
        "{{ .peername }}:{{.port}}|peer0org1:7051",
        "a {{- .peername -}} b|apeer0org1b",
        "{{.deep.er}}|down",
        "{{/* note */}}x|x",
      })
  void templates(String template, String filled) {
    assertEquals(filled, templates().fill(template));
  }

  @Test
  void badTemplates() {
    assertTrue(
        assertThrows(ChaincodeException.class, () -> templates().fill("{{.nobody}}"))
            .getMessage()
            .endsWith("at <.nobody>: map has no entry for key \"nobody\""));
    assertThrows(ChaincodeException.class, () -> templates().fill("{{.peername"));
    assertThrows(ChaincodeException.class, () -> templates().fill("{{if .peername}}x{{end}}"));
    assertThrows(ChaincodeException.class, () -> new GoTemplate(null).fill("{{.peername}}"));
    assertEquals("x", new GoTemplate(null).fill("x"));
  }

  private static GoTemplate templates() {
    return new GoTemplate(
        Json.object(
            "{\"peername\":\"peer0org1\",\"port\":7051,\"deep\":{\"er\":\"down\"}}"
                .getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void jsonNamesInAnyCase() {
    var object = Json.object("{\"Label\":\"a\",\"x\":null}".getBytes(StandardCharsets.UTF_8));
    assertEquals("a", Json.text(object, "label"));
    assertEquals("", Json.text(object, "x"));
    assertEquals(
        "unexpected end of JSON input",
        assertThrows(ChaincodeException.class, () -> Json.object(new byte[0])).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"localhost:1, localhost, 1", "[::1]:80, ::1, 80", ":7052, localhost, 7052"})
  void addresses(String text, String host, int port) {
    assertEquals(new HostPort(host, port), HostPort.parse(text));
  }

  @Test
  void badAddresses() {
    for (String text : new String[] {"localhost", "a:b:1", "a:x", "a:70000"}) {
      assertThrows(ChaincodeException.class, () -> HostPort.parse(text), text);
    }
  }
}
