package org.blockraft.testnet;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A network namespace for each node, joined by a bridge, so that a node can be cut off from
 * everything. Needs root and {@code ip}; one such network fits on a machine.
 */
final class NodeNamespaces {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String BRIDGE = "blockraft-br";
  private static final Path NAMED = Path.of("/run/netns");
  private static final Path INTERFACES = Path.of("/sys/class/net");

  private final Processes processes;

  NodeNamespaces(Processes processes) {
    this.processes = processes;
  }

  /** Makes the bridge and the namespaces of all nodes; removes what an earlier network left. */
  void create(List<PeerPlace> places) {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new NetworkException("network namespaces need root; without them: up without -isolate");
    }
    delete(places);
    ip("link", "add", BRIDGE, "type", "bridge");
    ip("addr", "add", NetworkPorts.ISOLATED_HUB + "/24", "dev", BRIDGE);
    ip("link", "set", BRIDGE, "up");
    for (PeerPlace place : places) {
      String name = name(place);
      ip("netns", "add", name);
      ip("link", "add", wire(place), "type", "veth", "peer", "name", "eth0", "netns", name);
      ip("link", "set", wire(place), "master", BRIDGE, "up");
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
    if (Files.exists(INTERFACES.resolve(BRIDGE))) {
      ip("link", "del", BRIDGE);
    }
  }

  /** The command, run in the namespace of a node. */
  static List<String> within(PeerPlace place, List<String> command) {
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

  private static String name(PeerPlace place) {
    return "blockraft-" + place.process();
  }

  /** The bridge's end of the node's wire; at most 15 characters. */
  private static String wire(PeerPlace place) {
    return "br-" + place.process();
  }

  private void ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    processes.run(command, Map.of(), TIMEOUT);
  }
}
