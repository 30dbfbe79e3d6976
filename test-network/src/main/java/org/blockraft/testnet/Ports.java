package org.blockraft.testnet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Tells who would use which port, before the first of them fails on it. */
final class Ports {
  private Ports() {}

  /** What a peer listens on. */
  static Map<Integer, String> of(PeerPlace place) {
    return Map.of(
        place.port(),
        place.process(),
        place.chaincodePort(),
        place.process() + ", for chaincode",
        place.operationsPort(),
        place.process() + ", for operations");
  }

  /**
   * Requires that nobody listens on any of the ports of the loopback interface.
   *
   * @param users who wants which port
   * @throws NetworkException naming every port that is taken
   */
  static void requireFree(Map<Integer, String> users) {
    List<String> taken = new ArrayList<>();
    new TreeMap<>(users)
        .forEach(
            (port, user) -> {
              if (!isFree(port)) {
                taken.add("port %d, for %s".formatted(port, user));
              }
            });
    if (!taken.isEmpty()) {
      throw new NetworkException(
          "another program listens on "
              + String.join("; ", taken)
              + "\nIs another Fabric network up? Stop it, or set "
              + NetworkPorts.VARIABLE
              + " to a number to add to all ports.");
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
