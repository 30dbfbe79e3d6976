package org.blockraft.cluster;

import static org.awaitility.Awaitility.await;
import static org.blockraft.cluster.TestNode.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Heartbeat;
import org.blockraft.cluster.wire.Hello;
import org.blockraft.coordination.NodeInfo;
import org.blockraft.identity.TlsCredentials;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LinkAdmissionTest {
  private static final TlsCredentials FOREIGN = TestNode.credentials("CN=peer0.org1.example.com");
  private static final NodeInfo RAW = new NodeInfo("0", "127.0.0.1:1", "1");

  private final TestNode node = new TestNode("m");

  @AfterEach
  void close() {
    node.close();
  }

  private static TestNode foreign(String name, AdmittedNodes admitted) {
    return new TestNode(
        name,
        "1",
        settings -> settings.withSilenceMax(Duration.ofMinutes(1)),
        FOREIGN,
        admitted,
        new TestClock());
  }

  private void assertRefused(String reason, UnaryOperator<Hello.Builder> change) throws Exception {
    try (RawLink link = RawLink.greeting(node, change)) {
      assertEquals(reason, link.end().getDescription());
      assertEquals(List.of(), link.frames);
    }
    assertEquals(List.of(), node.events);
  }

  @Test
  void aGreetingMustFit() throws Exception {
    node.knows(RAW);
    assertRefused("its cluster is 'red', not 'blue'", h -> h.setCluster("red"));
    assertRefused(
        "its cluster 'blue' has id 'id-2', not 'id-1': another etcd, or one that has lost its data",
        h -> h.setClusterId("id-2"));
    assertRefused("its name 'm' is this node's own", h -> h.setNode("m"));
    assertRefused("node 'n' is not to dial 'm': the smaller name does", h -> h.setNode("n"));
    assertRefused("node '1' is not a member of the cluster now", h -> h.setNode("1"));
    assertRefused(
        "no common wire version: node '0' (9.9) speaks 2 to 3, this one 1 to 1",
        h -> h.setWireVersion(3).setWireVersionLeast(2).setProductVersion("9.9"));
    assertEquals(6, node.metered("cluster.links_refused"));
  }

  @Test
  void aGreetingComesFirstAndInTime() throws Exception {
    node.knows(RAW);
    try (RawLink link = new RawLink(node, TestNode.PEER)) {
      link.take(1);
      link.send(Frame.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());
      assertEquals("its first frame is not a greeting", link.end().getDescription());
    }
    TestClock clock = TestClock.manual();
    AdmittedNodes ours = AdmittedNodes.sameKey(TestNode.PEER);
    try (TestNode other = new TestNode("o", "1", s -> s, TestNode.PEER, ours, clock);
        RawLink link = new RawLink(other, TestNode.PEER)) {
      link.take(1);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                clock.advance(Duration.ofSeconds(1));
                return link.hasEnded();
              });
      assertEquals("no greeting within 2000 ms", link.end().getDescription());
      assertEquals(List.of(), other.events);
    }
    assertEquals(List.of(), node.events);
  }

  @Test
  void aLaterVersionThatSpeaksOursIsLinkedAndItsNewsIgnored() {
    node.knows(RAW);
    try (RawLink link = RawLink.greeting(node, h -> h.setWireVersion(2))) {
      node.awaitEvent("up 0 1");
      link.send(Frame.getDefaultInstance());
      link.send(Frame.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());
      await().atMost(PATIENCE).until(() -> node.frames.size() == 1);
      assertTrue(link.frames.getFirst().hasHello());
      assertFalse(link.hasEnded());
    }
  }

  @Test
  void aSecondProcessOfANameWaitsForTheFirst() throws Exception {
    node.knows(RAW);
    try (RawLink first = RawLink.greeting(node, h -> h)) {
      node.awaitEvent("up 0 1");
      try (RawLink second = RawLink.greeting(node, h -> h.setIncarnation("2"))) {
        assertEquals(
            "node '0' already runs as incarnation 1: two processes with one name, or the first has"
                + " just died",
            second.end().getDescription());
      }
      assertFalse(first.hasEnded());
      // Once the first is known to be gone the second replaces it.
      node.knows(new NodeInfo("0", "127.0.0.1:1", "2"));
      try (RawLink second = RawLink.greeting(node, h -> h.setIncarnation("2"))) {
        assertEquals(Status.Code.FAILED_PRECONDITION, first.end().getCode());
        node.awaitEvent("up 0 2");
        assertEquals(List.of("up 0 1", "down 0: replaced by a new link", "up 0 2"), node.events);
        assertFalse(second.hasEnded());
      }
    }
  }

  @Test
  void theSameProcessMayDialAgain() throws Exception {
    node.knows(RAW);
    try (RawLink first = RawLink.greeting(node, h -> h)) {
      node.awaitEvent("up 0 1");
      try (RawLink second = RawLink.greeting(node, h -> h)) {
        assertEquals("replaced by a new link", first.end().getDescription());
        await().atMost(PATIENCE).until(() -> node.events.size() == 3);
        assertFalse(second.hasEnded());
        assertEquals(Set.of("0"), node.links.connected());
      }
    }
  }

  @Test
  void aForeignCertificateIsRefusedByBothSides() {
    // The stranger would admit us, we do not admit it: as the one who dials, and as the one dialed.
    AdmittedNodes ours = AdmittedNodes.sameKey(TestNode.PEER);
    for (String name : List.of("a", "z")) {
      try (TestNode stranger = foreign(name, ours)) {
        stranger.knows(node);
        node.knows(stranger);
        double before = node.metered("cluster.links_refused");
        await().atMost(PATIENCE).until(() -> node.metered("cluster.links_refused") >= before + 2);
        assertEquals(List.of(), stranger.events);
      }
    }
    assertEquals(List.of(), node.events);
  }

  @Test
  void aListedCertificateIsAdmitted() {
    AdmittedNodes all =
        AdmittedNodes.sameKey(TestNode.PEER).or(List.of(FOREIGN.chain().getFirst()));
    try (TestNode a = foreign("a", all);
        TestNode b =
            new TestNode(
                "b",
                "1",
                s -> s.withSilenceMax(Duration.ofMinutes(1)),
                TestNode.PEER,
                all,
                new TestClock())) {
      TestNode.link(a, b);
    }
  }

  @Test
  void developersMayDoWithoutTls() {
    UnaryOperator<LinkSettings> patient = s -> s.withSilenceMax(Duration.ofMinutes(1));
    AdmittedNodes anyone = AdmittedNodes.anyone();
    try (TestNode a = new TestNode("a", "1", patient, null, anyone, new TestClock());
        TestNode b = new TestNode("b", "1", patient, null, anyone, new TestClock())) {
      TestNode.link(a, b);
      // With TLS on one side only there is no link.
      a.knows(node);
      node.knows(a);
      a.awaitEvent("down b");
      await().atMost(PATIENCE).until(() -> a.links.connected().isEmpty());
    }
    assertEquals(List.of(), node.events);
  }

  @Test
  void aStrangerWithoutCertificateIsRefused() throws Exception {
    node.knows(RAW);
    SslContext tls =
        GrpcSslContexts.forClient()
            .trustManager(new AdmittedTrust(AdmittedNodes.sameKey(TestNode.PEER), r -> {}))
            .build();
    try (RawLink link = new RawLink(node, tls)) {
      link.take(1);
      link.send(Frame.newBuilder().setHello(RawLink.hello()).build());
      assertEquals(Status.Code.UNAVAILABLE, link.end().getCode());
    }
    assertEquals(List.of(), node.events);
  }

  @Test
  void anotherNodeAtTheAddressIsNotTakenForTheOneDialed() {
    try (TestNode a = new TestNode("a")) {
      a.knows(new NodeInfo("n", "127.0.0.1:" + node.links.port(), "1"));
      node.knows(a);
      await().atMost(PATIENCE).until(() -> a.metered("cluster.links_refused") >= 1);
      assertEquals(List.of(), a.events);
    }
  }

  private static boolean ends(Socket socket) {
    try {
      socket.getInputStream().readAllBytes();
      return true;
    } catch (IOException e) {
      // A reset is as good an end as any.
      return !(e instanceof SocketTimeoutException);
    }
  }

  @Test
  void garbageOnThePortDoesNoHarm() throws IOException {
    Random random = new Random(20);
    for (int i = 0; i < 5; i++) {
      byte[] garbage = new byte[1 + random.nextInt(5000)];
      random.nextBytes(garbage);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.links.port())) {
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.getOutputStream().write(garbage);
        socket.shutdownOutput();
        assertTrue(ends(socket), "the node waits for more garbage");
      }
    }
    try (TestNode a = new TestNode("a")) {
      TestNode.link(a, node);
    }
  }
}
