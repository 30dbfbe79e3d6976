package org.blockraft.cluster;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Hello;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.coordination.NodeInfo;
import org.blockraft.identity.TestPki;
import org.blockraft.identity.TlsCredentials;

/** A node on loopback that has links, remembers what they tell, and replies as it is told. */
final class TestNode implements LinkListener, AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Of the peer that all nodes of a test are. */
  static final TlsCredentials PEER = credentials("CN=peer0.org1.example.com");

  final String name;
  final String incarnation;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final List<String> events = new CopyOnWriteArrayList<>();
  final List<Frame> frames = new CopyOnWriteArrayList<>();
  final List<CompletableFuture<Reply>> open = new CopyOnWriteArrayList<>();
  final Links links;
  volatile Function<Request, CompletableFuture<Reply>> replies = request -> later();

  TestNode(String name) {
    this(name, "1", settings -> settings.withSilenceMax(Duration.ofMinutes(1)));
  }

  TestNode(String name, String incarnation, UnaryOperator<LinkSettings> change) {
    this(name, incarnation, change, PEER, AdmittedNodes.sameKey(PEER), new TestClock());
  }

  TestNode(
      String name,
      String incarnation,
      UnaryOperator<LinkSettings> change,
      TlsCredentials own,
      AdmittedNodes admitted,
      TestClock clock) {
    this.name = name;
    this.incarnation = incarnation;
    LinkSettings settings =
        LinkSettings.of(
            "blue",
            () -> "id-1",
            name,
            incarnation,
            "0.1",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    links =
        new Links(
            change.apply(settings),
            Optional.ofNullable(own),
            admitted,
            this,
            meters,
            clock::nanoTime,
            clock,
            Duration.ofMillis(5));
    try {
      links.start(List.of());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static TlsCredentials credentials(String subject) {
    TestPki.Credential made = TestPki.selfSigned(TestPki.request(subject));
    return new TlsCredentials(made.keys().getPrivate(), List.of(made.certificate()));
  }

  CompletableFuture<Reply> later() {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    open.add(reply);
    return reply;
  }

  NodeInfo info() {
    return new NodeInfo(name, "127.0.0.1:" + links.port(), incarnation);
  }

  void knows(TestNode... others) {
    links.members(Stream.of(others).collect(Collectors.toMap(node -> node.name, TestNode::info)));
  }

  void knows(NodeInfo other) {
    links.members(Map.of(other.name(), other));
  }

  /** Makes all know all, and waits for their links. */
  static void link(TestNode... nodes) {
    Stream.of(nodes).forEach(node -> node.knows(nodes));
    for (TestNode node : nodes) {
      Set<String> others =
          Stream.of(nodes)
              .map(other -> other.name)
              .filter(other -> !other.equals(node.name))
              .collect(Collectors.toSet());
      await().atMost(PATIENCE).until(() -> node.links.connected().equals(others));
    }
  }

  void awaitEvent(String start) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .untilAsserted(
            () -> {
              if (events.stream().noneMatch(event -> event.startsWith(start))) {
                throw new AssertionError("no " + start + " in " + events);
              }
            });
  }

  double metered(String counter) {
    return meters.get(counter).counters().stream().mapToDouble(c -> c.count()).sum();
  }

  @Override
  public void linkUp(String node, Hello hello) {
    events.add("up " + node + " " + hello.getIncarnation());
  }

  @Override
  public void linkDown(String node, String reason) {
    events.add("down " + node + ": " + reason);
  }

  @Override
  public void received(String node, Frame frame) {
    frames.add(frame);
  }

  @Override
  public CompletableFuture<Reply> requested(String node, long term, Request request) {
    return replies.apply(request);
  }

  @Override
  public void close() {
    links.close();
  }
}
