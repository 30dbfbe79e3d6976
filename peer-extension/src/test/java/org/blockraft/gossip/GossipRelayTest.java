package org.blockraft.gossip;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.blockraft.cluster.AdmittedNodes;
import org.blockraft.cluster.LinkListener;
import org.blockraft.cluster.LinkSettings;
import org.blockraft.cluster.Links;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Hello;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.coordination.NodeInfo;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.SampleChannel;
import org.blockraft.identity.TlsCredentials;
import org.blockraft.identity.TlsRoots;
import org.blockraft.identity.TlsTrust;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.GossipGrpc;
import org.hyperledger.fabric.protos.gossip.GossipMessage;
import org.hyperledger.fabric.protos.gossip.MembershipRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two linked nodes of one peer on loopback, and another peer that dials the one that follows. */
class GossipRelayTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path dir;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private SampleChannel channel;
  private TlsRoots roots;
  private TlsCredentials between;
  private LocalMsp peer2;
  private TlsCredentials tls2;
  private Node leader;
  private Node follower;

  /** A node: its gossip, its links and, once it serves, its port for other peers. */
  private final class Node implements LinkListener {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TlsCredentials tls = channel.org1.tls();
    private final Links links;
    private final Gossip gossip;
    private final Server server;

    private Node(String name, String other) throws IOException {
      this.links =
          new Links(
              LinkSettings.of("blue", () -> "1", name, "1", "0.1", loopback())
                  .withSilenceMax(Duration.ofMinutes(1)),
              Optional.of(between),
              AdmittedNodes.sameKey(between),
              this,
              meters);
      this.gossip = gossip(channel.peer1, tls, () -> links.connect(other));
      this.server =
          NettyServerBuilder.forAddress(loopback())
              .sslContext(TlsTrust.server(tls, false, roots))
              .addService(gossip.service())
              .build()
              .start();
      opened.push(server::shutdownNow);
      opened.push(gossip);
      opened.push(links);
      links.start(List.of(gossip.relayed()));
    }

    private double relays() {
      return meters.get("cluster.relays").gauge().value();
    }

    @Override
    public void linkUp(String node, Hello hello) {}

    @Override
    public void linkDown(String node, String reason) {}

    @Override
    public void received(String node, Frame frame) {}

    @Override
    public CompletableFuture<Reply> requested(String node, long term, Request request) {
      return new CompletableFuture<>();
    }
  }

  /** The other peer's end of a stream, which says whatever a test wants. */
  private final class Dialed implements StreamObserver<Envelope> {
    private final List<Envelope> got = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final StreamObserver<Envelope> out;

    private Dialed(Node node) {
      ManagedChannel connection =
          NettyChannelBuilder.forAddress("localhost", node.server.getPort())
              .sslContext(TlsTrust.client(roots, Optional.of(tls2)))
              .proxyDetector(address -> null)
              .build();
      opened.push(connection::shutdownNow);
      out = GossipGrpc.newStub(connection).gossipStream(this);
    }

    private Dialed greet(ByteString tlsHash) {
      PeerIdentities identities = new PeerIdentities(trust(peer2));
      out.onNext(
          new Handshake(peer2.signer().serialized(), peer2.signer()::sign, identities)
              .hello(tlsHash, false));
      return this;
    }

    private Status end() throws Exception {
      return end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private void awaitMessages(int count) {
      await().atMost(PATIENCE).until(() -> got.size() >= count);
    }

    @Override
    public void onNext(Envelope envelope) {
      got.add(envelope);
    }

    @Override
    public void onError(Throwable cause) {
      end.complete(Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }
  }

  /** Nothing is joined. */
  private static final class Nowhere implements LocalChannels {
    @Override
    public Collection<ChannelConfig> configs() {
      return List.of();
    }

    @Override
    public long height(String channelId) {
      return 0;
    }

    @Override
    public Map<String, String> chaincodes(String channelId) {
      return Map.of();
    }
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private PeerTrust trust(LocalMsp msp) {
    return new PeerTrust(msp.msps(), () -> List.of(channel.config()), InstantSource.system());
  }

  /** The defaults, but handshakes may take long. */
  private static GossipSettings patient(String endpoint) {
    GossipSettings stock = GossipSettings.defaults(endpoint, endpoint);
    return new GossipSettings(
        endpoint,
        endpoint,
        List.of(),
        stock.propagatePeers(),
        stock.pullPeers(),
        stock.pullInterval(),
        stock.aliveInterval(),
        stock.aliveExpiration(),
        stock.reconnectInterval(),
        stock.connectionAttemptsMax(),
        stock.memoryFactor(),
        stock.publishCertPeriod(),
        stock.publishStateInterval(),
        stock.requestStateInterval(),
        stock.trackerInterval(),
        stock.dialTimeout(),
        PATIENCE,
        stock.pushAckTimeout());
  }

  private Gossip gossip(
      LocalMsp msp, TlsCredentials tls, Supplier<Optional<ManagedChannel>> otherNode) {
    return new Gossip(
        patient("localhost:1"),
        msp.msp().id(),
        msp.signer().serialized(),
        msp.signer()::sign,
        trust(msp),
        new GossipTls(
            true,
            () -> Optional.of(TlsTrust.client(roots, Optional.of(tls))),
            tls.leafHash(),
            tls.leafHash()),
        new Nowhere(),
        (channelId, payload) -> {},
        otherNode,
        InstantSource.system(),
        new Random(1));
  }

  @BeforeEach
  void start() throws Exception {
    channel = new SampleChannel(dir);
    roots = new TlsRoots(List.of(channel.org1.tlsAuthorityPem(), channel.org2.tlsAuthorityPem()));
    between = channel.org1.tls();
    peer2 = channel.org2.member(dir.resolve("peer2"), "peer2", "peer");
    tls2 = channel.org2.tls();
    leader = new Node("a", "b");
    follower = new Node("b", "a");
    follower.gossip.setActive(false);
    leader.gossip.start();
    for (Node node : List.of(leader, follower)) {
      node.links.members(
          Map.of(
              "a", new NodeInfo("a", "127.0.0.1:" + leader.links.port(), "1"),
              "b", new NodeInfo("b", "127.0.0.1:" + follower.links.port(), "1")));
    }
    await().atMost(PATIENCE).until(() -> follower.links.connected().equals(Set.of("a")));
  }

  @AfterEach
  void stop() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  @Test
  void whoDialsAFollowerTalksToTheLeader() throws Exception {
    Dialed dialed = new Dialed(follower).greet(tls2.leafHash());
    dialed.awaitMessages(1);
    GossipMessage hello = SignedMessage.open(dialed.got.getFirst()).content();
    assertEquals(follower.tls.leafHash(), hello.getConn().getTlsCertHash());
    assertEquals(channel.peer1.signer().serialized(), hello.getConn().getIdentity());
    assertEquals(1, leader.relays());

    // The leader takes the peer in as soon as it says that it is alive, and answers it.
    Self self =
        new Self(
            patient("localhost:2"),
            peer2.msp().id(),
            peer2.signer().serialized(),
            peer2.signer()::sign,
            InstantSource.system());
    GossipMessage request =
        GossipMessage.newBuilder()
            .setTag(GossipMessage.Tag.EMPTY)
            .setNonce(7)
            .setMemReq(MembershipRequest.newBuilder().setSelfInformation(self.alive().envelope()))
            .build();
    dialed.out.onNext(SignedMessage.unsigned(request));
    await()
        .atMost(PATIENCE)
        .until(
            () -> leader.gossip.alive().stream().anyMatch(m -> m.endpoint().equals("localhost:2")));
    dialed.awaitMessages(2);
    assertTrue(
        dialed.got.stream()
            .map(envelope -> SignedMessage.open(envelope).content())
            .anyMatch(message -> message.hasMemRes() && message.getNonce() == 7));

    dialed.out.onCompleted();
    assertEquals(Status.Code.OK, dialed.end().getCode());
    await().atMost(PATIENCE).until(() -> leader.relays() == 0);
  }

  @Test
  void theCertificateThatTheFollowerSawIsTheOneThatCounts() throws Exception {
    Dialed dialed = new Dialed(follower).greet(between.leafHash());
    Status refusal = dialed.end();
    assertEquals(Status.Code.UNKNOWN, refusal.getCode());
    assertEquals(
        "hash of the TLS certificate is not that of the connection", refusal.getDescription());
    await().atMost(PATIENCE).until(() -> leader.relays() == 0);
  }

  @Test
  void streamsEndWhenTheLeaderCeasesToLead() throws Exception {
    Dialed dialed = new Dialed(follower).greet(tls2.leafHash());
    dialed.awaitMessages(1);
    leader.gossip.setActive(false);
    dialed.end();

    // Nobody leads now: each passes it to the other, who does not pass it on.
    for (Node node : List.of(leader, follower)) {
      Status refusal = new Dialed(node).greet(tls2.leafHash()).end();
      assertEquals(Status.Code.UNAVAILABLE, refusal.getCode());
      assertEquals("another node of this peer gossips", refusal.getDescription());
    }
    await().atMost(PATIENCE).until(() -> leader.relays() + follower.relays() == 0);
  }

  @Test
  void streamsEndWithTheLink() throws Exception {
    Dialed dialed = new Dialed(follower).greet(tls2.leafHash());
    dialed.awaitMessages(1);
    follower.links.members(Map.of());
    assertEquals(GossipRelay.NOT_HERE.getDescription(), dialed.end().getDescription());
    assertEquals(
        Status.Code.UNAVAILABLE, new Dialed(follower).greet(tls2.leafHash()).end().getCode());
    await().atMost(PATIENCE).until(() -> leader.relays() == 0);
  }

  @Test
  void aPeerThatVanishesLeavesNothingBehind() {
    Dialed dialed = new Dialed(follower).greet(tls2.leafHash());
    dialed.awaitMessages(1);
    dialed.out.onError(Status.CANCELLED.asException());
    await().atMost(PATIENCE).until(() -> leader.relays() == 0);
  }
}
