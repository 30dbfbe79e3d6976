package org.blockraft.testnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void shouldNameThePortThatIsTakenAndWhoWantsIt() throws IOException {
    int port;
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = other.getLocalPort();
      NetworkException refused =
          assertThrows(
              NetworkException.class, () -> Ports.requireFree(Map.of(port, "the orderer")));
      assertEquals(
          "another program listens on port " + port + ", for the orderer",
          refused.getMessage().lines().findFirst().orElseThrow());
    }
    Ports.requireFree(Map.of(port, "the orderer"));
  }
}
