package org.blockraft.configs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The compose file describes three nodes of one cluster that can reach each other and etcd. */
final class ComposeFileTest {
  private static final List<String> NODES = List.of("node1", "node2", "node3");

  private Map<String, Object> compose;

  @BeforeEach
  void read() throws IOException {
    compose = Deployment.documents("compose/compose.yaml").getFirst();
  }

  private Map<String, Object> service(String name) {
    return Deployment.map(Deployment.at(compose, "services", name));
  }

  private NodeSettings node(String name) {
    return new NodeSettings(
        Deployment.environment(Deployment.map(service(name).get("environment"))));
  }

  private static List<String> aliases(Map<String, Object> service) {
    return Deployment.texts(Deployment.at(service, "networks", "test", "aliases"));
  }

  @Test
  void everyVariableIsKnownAndEveryFileMounted() throws IOException {
    for (String name : NODES) {
      NodeSettings node = node(name);
      node.assertKnown();
      List<String> targets = new ArrayList<>();
      for (String volume : Deployment.texts(service(name).get("volumes"))) {
        String plain = volume.replaceAll("\\$\\{[^}]*}", "/given").replaceAll(":ro$", "");
        targets.add(plain.substring(plain.lastIndexOf(':') + 1));
      }
      node.assertMounted(targets);
    }
  }

  @Test
  void nodesAreOnePeerAndDifferWhereTheyMust() {
    Set<String> clusters = new HashSet<>();
    Set<String> addresses = new HashSet<>();
    Set<String> ledgers = new TreeSet<>();
    Set<String> published = new HashSet<>();
    for (String name : NODES) {
      NodeSettings node = node(name);
      clusters.add(node.cluster.name() + " " + node.config.address() + " " + node.config.id());
      assertEquals(name, node.cluster.node());
      addresses.add(node.cluster.address());
      assertTrue(aliases(service(name)).contains(Deployment.host(node.cluster.address())));
      assertTrue(aliases(service(name)).contains(Deployment.host(node.config.chaincodeEndpoint())));
      assertTrue(aliases(service(name)).contains(Deployment.host(node.config.address())));
      assertEquals(
          Deployment.port(node.cluster.listenAddress()), Deployment.port(node.cluster.address()));
      for (String volume : Deployment.texts(service(name).get("volumes"))) {
        if (volume.endsWith(":" + node.config.fileSystemPath())) {
          ledgers.add(volume.substring(0, volume.indexOf(':')));
        }
      }
      for (String port : Deployment.texts(service(name).get("ports"))) {
        assertTrue(published.add(port.substring(0, port.indexOf(':'))), port + " is taken");
        assertTrue(node.ports().containsValue(Deployment.port(port)), port + ": nobody listens");
      }
    }
    assertEquals(1, clusters.size());
    assertEquals(3, addresses.size());
    assertEquals(3, ledgers.size());
    Set<String> declared = new TreeSet<>(Deployment.map(compose.get("volumes")).keySet());
    assertTrue(declared.containsAll(ledgers), "volumes " + ledgers + " of " + declared);
  }

  @Test
  void etcdListensWhereTheNodesLookForIt() {
    List<String> aliases = aliases(service("etcd"));
    String command = String.join(" ", Deployment.texts(service("etcd").get("command")));
    for (String name : NODES) {
      for (String endpoint : node(name).cluster.etcd().endpoints()) {
        assertTrue(aliases.contains(Deployment.host(endpoint)), endpoint);
        assertTrue(command.contains("--advertise-client-urls=http://" + endpoint), command);
        assertTrue(
            command.contains("--listen-client-urls=http://0.0.0.0:" + Deployment.port(endpoint)));
      }
    }
  }

  @Test
  void healthIsAskedWhereItIsAnswered() {
    for (String name : NODES) {
      String check =
          String.join(" ", Deployment.texts(Deployment.at(service(name), "healthcheck", "test")));
      assertTrue(check.contains("/dev/tcp/127.0.0.1/" + node(name).ports().get("operations")));
      assertTrue(check.contains("/healthz"));
    }
  }
}
