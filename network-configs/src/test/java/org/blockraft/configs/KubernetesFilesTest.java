package org.blockraft.configs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The manifests describe three nodes of one cluster, as Kubernetes will start them. */
final class KubernetesFilesTest {
  private static final String NAME = "peer0-org1";

  private List<Map<String, Object>> all;
  private Map<String, Object> peer;
  private Map<String, Object> etcd;

  @BeforeEach
  void read() throws IOException {
    all = new ArrayList<>(Deployment.documents("kubernetes/peer.yaml"));
    all.addAll(Deployment.documents("kubernetes/etcd.yaml"));
    peer = find("StatefulSet", NAME);
    etcd = find("StatefulSet", "etcd");
  }

  private Map<String, Object> find(String kind, String name) {
    return all.stream()
        .filter(
            d -> d.get("kind").equals(kind) && Deployment.at(d, "metadata", "name").equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
  }

  private static Map<String, Object> container(Map<String, Object> set) {
    return Deployment.maps(Deployment.at(set, "spec", "template", "spec", "containers")).getFirst();
  }

  /** The environment of a pod, with the name that the set gives it. */
  private NodeSettings node(int ordinal) {
    Map<String, String> environment = new HashMap<>();
    String pod = NAME + "-" + ordinal;
    for (Map<String, Object> variable : Deployment.maps(container(peer).get("env"))) {
      Object value = variable.get("value");
      environment.put(
          (String) variable.get("name"),
          value == null ? pod : value.toString().replace("$(POD_NAME)", pod));
    }
    return new NodeSettings(environment);
  }

  private static Map<String, Integer> ports(Map<String, Object> container) {
    Map<String, Integer> ports = new HashMap<>();
    for (Map<String, Object> port : Deployment.maps(container.get("ports"))) {
      ports.put((String) port.get("name"), (Integer) port.get("containerPort"));
    }
    return ports;
  }

  private void assertServes(String service, Map<String, Object> set) {
    Map<String, Object> spec = Deployment.map(find("Service", service).get("spec"));
    assertEquals(
        Deployment.at(set, "spec", "template", "metadata", "labels"), spec.get("selector"));
    for (Map<String, Object> port : Deployment.maps(spec.get("ports"))) {
      assertEquals(ports(container(set)).get(port.get("targetPort")), port.get("port"));
    }
  }

  @Test
  void everyVariableIsKnownAndEveryFileMounted() throws IOException {
    Map<String, Object> pod = Deployment.map(Deployment.at(peer, "spec", "template", "spec"));
    Set<Object> volumes = new HashSet<>();
    Deployment.maps(pod.get("volumes")).forEach(v -> volumes.add(v.get("name")));
    Deployment.maps(Deployment.at(peer, "spec", "volumeClaimTemplates"))
        .forEach(claim -> volumes.add(Deployment.at(claim, "metadata", "name")));
    List<String> mounts = new ArrayList<>();
    for (Map<String, Object> mount : Deployment.maps(container(peer).get("volumeMounts"))) {
      assertTrue(volumes.contains(mount.get("name")), mount + " of " + volumes);
      mounts.add((String) mount.get("mountPath"));
    }
    node(0).assertKnown();
    node(0).assertMounted(mounts);
  }

  @Test
  void theSecretsMakeUpAnMspFolder() {
    for (Map<String, Object> volume :
        Deployment.maps(Deployment.at(peer, "spec", "template", "spec", "volumes"))) {
      if (volume.get("name").equals("msp")) {
        Set<String> folders = new HashSet<>();
        for (Map<String, Object> item : Deployment.maps(Deployment.at(volume, "secret", "items"))) {
          folders.add(item.get("path").toString().replaceAll("/.*", ""));
        }
        assertEquals(
            Set.of("config.yaml", "cacerts", "tlscacerts", "signcerts", "keystore"), folders);
      }
    }
  }

  @Test
  void nodesHaveStableNamesAndPortsThatFit() {
    assertEquals(3, Deployment.at(peer, "spec", "replicas"));
    Object headless = Deployment.at(peer, "spec", "serviceName");
    assertEquals("None", Deployment.at(find("Service", (String) headless), "spec", "clusterIP"));
    for (int i = 0; i < 3; i++) {
      NodeSettings node = node(i);
      assertEquals(NAME + "-" + i, node.cluster.node());
      String address = NAME + "-" + i + "." + headless;
      assertEquals(address, Deployment.host(node.cluster.address()));
      assertEquals(address, Deployment.host(node.config.chaincodeEndpoint()));
      assertEquals(new TreeMap<>(ports(container(peer))), new TreeMap<>(node.ports()));
      assertEquals(NAME, Deployment.host(node.config.address()));
    }
    assertServes(NAME, peer);
    assertServes((String) headless, peer);
  }

  @Test
  void probesAskWhatIsThere() {
    Map<String, Object> container = container(peer);
    for (String probe : List.of("startupProbe", "readinessProbe")) {
      assertEquals("/healthz", Deployment.at(container, probe, "httpGet", "path"));
      assertEquals("operations", Deployment.at(container, probe, "httpGet", "port"));
    }
    Object live = Deployment.at(container, "livenessProbe", "tcpSocket", "port");
    assertTrue(ports(container).containsKey(live));
  }

  @Test
  void disruptionsLeaveMajorities() {
    for (Map<String, Object> set : List.of(peer, etcd)) {
      Object name = Deployment.at(set, "metadata", "name");
      Map<String, Object> budget = find("PodDisruptionBudget", (String) name);
      assertEquals(1, Deployment.at(budget, "spec", "maxUnavailable"));
      assertEquals(
          Deployment.at(set, "spec", "selector"), Deployment.at(budget, "spec", "selector"));
    }
  }

  @Test
  void etcdListensWhereTheNodesLookForIt() {
    assertServes("etcd", etcd);
    String command = String.join(" ", Deployment.texts(container(etcd).get("command")));
    List<String> endpoints = node(0).cluster.etcd().endpoints();
    assertEquals(Deployment.at(etcd, "spec", "replicas"), endpoints.size());
    for (int i = 0; i < endpoints.size(); i++) {
      assertEquals("etcd-" + i + ".etcd:2379", endpoints.get(i));
      assertTrue(command.contains("etcd-" + i + "=http://etcd-" + i + ".etcd:2380"), command);
    }
    assertTrue(command.contains("--advertise-client-urls=http://$(POD_NAME).etcd:2379"), command);
  }
}
