package org.blockraft.coordination;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who is no member looks at a cluster in a real etcd and writes to its nodes. */
final class ClusterAccessTest {
  private static final byte[] VALUE = {7};

  @TempDir private Path folder;
  private EtcdServer etcd;
  private EtcdSettings settings;

  @BeforeEach
  void startEtcd() throws IOException {
    assumeTrue(EtcdServer.program("etcd").isPresent(), "there is no etcd on the path");
    etcd = EtcdServer.start(folder);
    settings =
        EtcdSettings.of(List.of(etcd.endpoint()), "test").withLeaseTtl(Duration.ofSeconds(2));
  }

  @AfterEach
  void stop() {
    if (etcd != null) {
      etcd.close();
    }
  }

  @Test
  void whatIsThereIsRead() {
    try (ClusterAccess access = ClusterAccess.connect(settings)) {
      assertEquals(Optional.empty(), access.read().id());
      try (RealNode node = new RealNode(settings, "n1")) {
        Awaitility.await().until(() -> node.sees(1));
        ClusterContents contents = access.read();
        assertEquals(node.coordinator.clusterId(), contents.id());
        assertEquals(List.of("n1"), List.copyOf(contents.view().members().keySet()));
        assertEquals("n1", contents.view().leader().orElseThrow().node());
        assertEquals(node.coordinator.leading(), contents.view().leader().map(Leader::term));
      }
      assertEquals(0, access.read().view().members().size(), "it has left");
    }
  }

  @Test
  void factsAreWrittenForOneClusterAndOneTerm() {
    try (ClusterAccess access = ClusterAccess.connect(settings);
        RealNode node = new RealNode(settings, "n1")) {
      Awaitility.await().until(() -> node.sees(1));
      String id = node.coordinator.clusterId().orElseThrow();
      Term term = node.coordinator.leading().orElseThrow();
      assertTrue(access.put(id, Optional.empty(), "nodes/n1/drain", VALUE));
      assertTrue(access.put(id, Optional.of(term), "resign", VALUE));
      Awaitility.await().until(() -> node.coordinator.facts("").size() == 2);
      assertArrayEquals(VALUE, access.read().facts().get("resign"));
      assertFalse(access.put("another", Optional.empty(), "late", VALUE));
      assertFalse(access.put(id, Optional.of(new Term(term.revision() - 1)), "late", VALUE));
      assertFalse(access.read().facts().containsKey("late"));
    }
  }

  @Test
  void anEtcdThatDoesNotAnswerIsAnError() {
    etcd.kill();
    try (ClusterAccess access = ClusterAccess.connect(settings)) {
      CoordinationException error = assertThrows(CoordinationException.class, access::read);
      assertTrue(error.getMessage().contains(etcd.endpoint()), error.getMessage());
    }
  }
}
