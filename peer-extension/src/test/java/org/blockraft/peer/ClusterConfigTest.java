package org.blockraft.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a node and what a command needs to know of its cluster. */
final class ClusterConfigTest {
  private static final Map<String, String> NAMED =
      Map.of(
          "CORE_BLOCKRAFT_CLUSTER_NAME", "c1",
          "CORE_BLOCKRAFT_CLUSTER_ETCD_ENDPOINTS", "e1:2379 e2:2379");

  private static CoreYaml yaml(Map<String, String> environment) {
    return CoreYaml.parse(Path.of("/etc/x"), "peer: {id: p}", environment);
  }

  @Test
  void withoutANameThePeerIsNoCluster() {
    assertEquals(Optional.empty(), ClusterConfig.from(yaml(Map.of())));
    String text =
        assertThrows(ConfigurationException.class, () -> ClusterConfig.etcd(yaml(Map.of())))
            .getMessage();
    assertTrue(text.contains("no cluster"), text);
    assertTrue(text.contains("CORE_BLOCKRAFT_CLUSTER_NAME"), text);
  }

  @Test
  void commandsNeedLessThanNodes() {
    ClusterConfig.Etcd etcd = ClusterConfig.etcd(yaml(NAMED));
    assertEquals("c1", etcd.cluster());
    assertEquals("/blockraft/c1", etcd.settings().prefix());
    assertEquals(List.of("e1:2379", "e2:2379"), etcd.settings().endpoints());
    String text =
        assertThrows(ConfigurationException.class, () -> ClusterConfig.from(yaml(NAMED)))
            .getMessage();
    assertTrue(text.contains("listenAddress"), text);
  }

  @Test
  void aClusterNeedsItsEtcd() {
    assertThrows(
        ConfigurationException.class,
        () -> ClusterConfig.etcd(yaml(Map.of("CORE_BLOCKRAFT_CLUSTER_NAME", "c1"))));
    assertThrows(
        ConfigurationException.class,
        () ->
            ClusterConfig.etcd(
                yaml(
                    Map.of(
                        "CORE_BLOCKRAFT_CLUSTER_NAME", "a//b",
                        "CORE_BLOCKRAFT_CLUSTER_ETCD_ENDPOINTS", "e1:2379"))));
  }
}
