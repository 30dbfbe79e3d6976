package org.blockraft.testnet;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A network namespace for each node, joined by a bridge, so that a node can be cut off from
 * everything. Needs root and {@code ip}. Networks with other ports and another start of names fit
 * on the same machine.
 */
final class NodeNamespaces {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int INTERFACE_NAME_MAX = 15;
  private static final Path NAMED = Path.of("/run/netns");
  private static final Path INTERFACES = Path.of("/sys/class/net");

  private final Processes processes;
  private final NetworkPorts ports;

  NodeNamespaces(Processes processes, NetworkPorts ports) {
    this.processes = processes;
    this.ports = ports;
  }

  /** Whether this user may make them. */
  static boolean permitted() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** Makes the bridge and the namespaces of all nodes; removes what an earlier network left. */
  void create(List<PeerPlace> places) {
    if (!permitted()) {
      throw new NetworkException("network namespaces need root; without them: up without -isolate");
    }
    delete(places);
    ip("link", "add", bridge(), "type", "bridge");
    ip("addr", "add", ports.hub() + "/24", "dev", bridge());
    ip("link", "set", bridge(), "up");
    for (PeerPlace place : places) {
      String name = name(place);
      ip("netns", "add", name);
      ip("link", "add", wire(place), "type", "veth", "peer", "name", "eth0", "netns", name);
      ip("link", "set", wire(place), "master", bridge(), "up");
      ip("-n", name, "addr", "add", place.host() + "/24", "dev", "eth0");
      ip("-n", name, "link", "set", "eth0", "up");
      ip("-n", name, "link", "set", "lo", "up");
    }
  }

  void delete(List<PeerPlace> places) {
    for (PeerPlace place : places) {
      if (Files.exists(INTERFACES.resolve(wire(place)))) {
        ip("link", "del", wire(place));
      }
      if (Files.exists(NAMED.resolve(name(place)))) {
        ip("netns", "del", name(place));
      }
    }
    if (Files.exists(INTERFACES.resolve(bridge()))) {
      ip("link", "del", bridge());
    }
  }

  /** The command, run in the namespace of a node. */
  List<String> within(PeerPlace place, List<String> command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name(place)));
    all.addAll(command);
    return all;
  }

  /** Loses every packet from and to a node from now on. */
  void cut(PeerPlace place) {
    ip("link", "set", wire(place), "down");
  }

  void heal(PeerPlace place) {
    ip("link", "set", wire(place), "up");
  }

  private String name(PeerPlace place) {
    return ports.namespaces() + "-" + place.process();
  }

  private String bridge() {
    return interfaceName("br");
  }

  /** The bridge's end of the node's wire. */
  private String wire(PeerPlace place) {
    return interfaceName(place.process());
  }

  /** Interfaces have short names only. */
  private String interfaceName(String end) {
    int most = INTERFACE_NAME_MAX - end.length() - 1;
    String start = ports.namespaces();
    return start.substring(0, Math.min(most, start.length())) + "-" + end;
  }

  private void ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    processes.run(command, Map.of(), TIMEOUT);
  }
}
