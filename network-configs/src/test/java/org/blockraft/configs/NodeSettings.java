package org.blockraft.configs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.blockraft.peer.ClusterConfig;
import org.blockraft.peer.CoreYaml;
import org.blockraft.peer.PeerConfig;

/** What one node of a deployment is told by its environment, checked against what a node reads. */
final class NodeSettings {
  private static final String CONFIG_PATH = "/etc/hyperledger/fabric";

  private final Map<String, String> environment;
  final PeerConfig config;
  final ClusterConfig cluster;

  NodeSettings(Map<String, String> environment) {
    this.environment = environment;
    Map<String, String> here = new HashMap<>(environment);
    assertEquals(CONFIG_PATH, here.getOrDefault("FABRIC_CFG_PATH", CONFIG_PATH));
    here.put("FABRIC_CFG_PATH", Deployment.FOLDER.toString());
    this.config = PeerConfig.from(CoreYaml.load(here), false);
    this.cluster = config.cluster().orElseThrow();
  }

  /** Every CORE_ variable is that of a key that has an effect. */
  void assertKnown() throws IOException {
    Set<String> known = new TreeSet<>();
    try (InputStream in = PeerConfig.class.getResourceAsStream("core-keys.txt")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.endsWith(" used"))
          .map(line -> line.substring(0, line.indexOf(' ')).toUpperCase(Locale.ROOT))
          .forEach(key -> known.add("CORE_" + key.replace('.', '_')));
    }
    Set<String> unknown = new TreeSet<>(environment.keySet());
    unknown.removeIf(name -> !name.startsWith("CORE_") || known.contains(name));
    assertEquals(Set.of(), unknown);
  }

  /** Every file and folder that is named lies in a mounted one; the ledger's is mounted itself. */
  void assertMounted(Collection<String> mounts) {
    assertTrue(mounts.contains(config.fileSystemPath().toString()), "the ledger outlives it");
    for (Path path :
        List.of(
            config.mspFolder(),
            config.tls().certificate(),
            config.tls().key(),
            config.tls().rootCertificate())) {
      assertTrue(mounts.stream().anyMatch(path::startsWith), path + " is in none of " + mounts);
    }
    assertTrue(
        mounts.contains(CONFIG_PATH) || mounts.contains(CONFIG_PATH + "/core.yaml"), "core.yaml");
    assertTrue(config.tls().enabled());
  }

  /** What it listens on, by what for. */
  Map<String, Integer> ports() {
    for (String address :
        List.of(
            config.listenAddress(),
            config.chaincodeListenAddress(),
            config.operations().listenAddress(),
            cluster.listenAddress())) {
      assertEquals("0.0.0.0", Deployment.host(address), "reached from outside its container");
    }
    return Map.of(
        "peer", Deployment.port(config.listenAddress()),
        "chaincode", Deployment.port(config.chaincodeListenAddress()),
        "nodes", Deployment.port(cluster.listenAddress()),
        "operations", Deployment.port(config.operations().listenAddress()));
  }
}
