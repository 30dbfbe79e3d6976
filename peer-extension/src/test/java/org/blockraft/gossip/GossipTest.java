package org.blockraft.gossip;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.SampleChannel;
import org.blockraft.identity.SampleOrganization;
import org.blockraft.identity.TlsCredentials;
import org.blockraft.identity.TlsRoots;
import org.blockraft.identity.TlsTrust;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.PrivatePayload;
import org.hyperledger.fabric.protos.peer.AnchorPeer;
import org.hyperledger.fabric.protos.peer.AnchorPeers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real peers on the loopback address, under TLS, with short intervals. */
class GossipTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration TICK = Duration.ofMillis(100);

  private static final String REFUSED = "refused";

  @TempDir Path dir;
  private final List<Peer> peers = new ArrayList<>();
  private final Map<String, String> runnable = new ConcurrentHashMap<>(Map.of("mycc", "3"));

  private final List<PrivatePayload> stored = new CopyOnWriteArrayList<>();

  /** One peer: its gossip and the port it is on. */
  private record Peer(Gossip gossip, Server server, String endpoint) {
    void stop() throws InterruptedException {
      gossip.close();
      server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  /** A channel at a height, with one chaincode. */
  private record Joined(ChannelConfig config, long blocks, Map<String, String> runnable)
      implements LocalChannels {
    @Override
    public Collection<ChannelConfig> configs() {
      return List.of(config);
    }

    @Override
    public long height(String channelId) {
      return blocks;
    }

    @Override
    public Map<String, String> chaincodes(String channelId) {
      return runnable;
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    for (Peer peer : peers) {
      peer.stop();
    }
  }

  @Test
  void peersOfTwoOrganizationsFindEachOtherByAnchors() throws Exception {
    SampleChannel channel = new SampleChannel(dir);
    LocalMsp peer2 = channel.org2.member(dir.resolve("peer2"), "peer2", "peer");
    LocalMsp second1 = channel.org1.member(dir.resolve("second1"), "second1", "peer");
    String anchor1 = freeEndpoint();
    ChannelConfig config = withAnchor(channel, anchor1);

    Peer first = start(channel, channel.org1, channel.peer1, anchor1, config, 7);
    Peer other = start(channel, channel.org2, peer2, freeEndpoint(), config, 9);
    Peer second = start(channel, channel.org1, second1, freeEndpoint(), config, 8);

    await().atMost(PATIENCE).until(() -> sees(first, other.endpoint(), second.endpoint()));
    await().atMost(PATIENCE).until(() -> sees(other, first.endpoint(), second.endpoint()));
    await().atMost(PATIENCE).until(() -> sees(second, first.endpoint(), other.endpoint()));
    GossipMember seen =
        first.gossip().ofChannel(SampleChannel.ID).stream()
            .filter(member -> member.endpoint().equals(other.endpoint()))
            .findFirst()
            .orElseThrow();
    assertEquals("Org2MSP", seen.mspId());
    assertEquals(9, seen.height());
    assertEquals(Map.of("mycc", "3"), seen.chaincodes());
    assertEquals(peer2.signer().serialized(), seen.identity());

    runnable.put("new", "1");
    other.gossip().chaincodesChanged();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                first.gossip().ofChannel(SampleChannel.ID).stream()
                    .filter(member -> member.endpoint().equals(other.endpoint()))
                    .anyMatch(member -> member.chaincodes().containsKey("new")));

    peers.remove(other);
    other.stop();
    await().atMost(PATIENCE).until(() -> sees(first, second.endpoint()));
  }

  @Test
  void privateDataIsAcknowledgedOnceItIsStored() throws Exception {
    SampleChannel channel = new SampleChannel(dir);
    LocalMsp peer2 = channel.org2.member(dir.resolve("peer2"), "peer2", "peer");
    String anchor1 = freeEndpoint();
    ChannelConfig config = withAnchor(channel, anchor1);
    Peer first = start(channel, channel.org1, channel.peer1, anchor1, config, 7);
    Peer other = start(channel, channel.org2, peer2, freeEndpoint(), config, 7);
    await().atMost(PATIENCE).until(() -> sees(first, other.endpoint()));
    ByteString to = first.gossip().ofChannel(SampleChannel.ID).getFirst().pkiId();

    // More than a connection takes in at once.
    PrivatePayload large =
        PrivatePayload.newBuilder()
            .setTxId("large")
            .setPrivateRwset(ByteString.copyFrom(new byte[1 << 20]))
            .build();
    PrivatePayload small = large.toBuilder().setPrivateRwset(ByteString.copyFromUtf8("x")).build();
    assertTrue(first.gossip().sendPrivateData(to, SampleChannel.ID, large));
    assertTrue(first.gossip().sendPrivateData(to, SampleChannel.ID, small));
    assertEquals(List.of(large, small), stored);

    PrivatePayload refused = small.toBuilder().setTxId(REFUSED).build();
    assertFalse(first.gossip().sendPrivateData(to, SampleChannel.ID, refused));
    ByteString nobody = ByteString.copyFromUtf8("nobody");
    assertFalse(first.gossip().sendPrivateData(nobody, SampleChannel.ID, small));
    assertEquals(2, stored.size());
  }

  private void store(String channelId, PrivatePayload payload) {
    assertEquals(SampleChannel.ID, channelId);
    if (payload.getTxId().equals(REFUSED)) {
      throw new IllegalStateException("no room");
    }
    stored.add(payload);
  }

  @Test
  void whoIsNotKnownOrShowsAnotherCertificateIsRefused() throws Exception {
    SampleChannel channel = new SampleChannel(dir);
    SampleOrganization stranger = new SampleOrganization("StrangerMSP");
    LocalMsp unknown = stranger.member(dir.resolve("stranger"), "stranger", "peer");
    PeerIdentities identities = new PeerIdentities(trust(channel, channel.peer1));
    Handshake own = handshake(channel.peer1, identities);
    ByteString hash = ByteString.copyFromUtf8("certificate");

    RemotePeer accepted = own.accept(own.hello(hash, true), true, hash);
    assertEquals("Org1MSP", accepted.mspId());
    assertTrue(accepted.probe());

    Envelope hello = own.hello(hash, false);
    assertThrows(
        GossipException.class, () -> own.accept(hello, true, ByteString.copyFromUtf8("other")));
    assertThrows(GossipException.class, () -> own.accept(hello, true, ByteString.EMPTY));
    Envelope forged = hello.toBuilder().setSignature(ByteString.copyFromUtf8("forged")).build();
    assertThrows(GossipException.class, () -> own.accept(forged, true, hash));
    Envelope foreign =
        handshake(unknown, new PeerIdentities(trust(channel, unknown))).hello(hash, false);
    assertThrows(GossipException.class, () -> own.accept(foreign, true, hash));
    Envelope garbage = Envelope.newBuilder().setPayload(ByteString.copyFromUtf8("x")).build();
    assertThrows(GossipException.class, () -> own.accept(garbage, true, hash));
  }

  private static Handshake handshake(LocalMsp msp, PeerIdentities identities) {
    return new Handshake(msp.signer().serialized(), msp.signer()::sign, identities);
  }

  private static boolean sees(Peer peer, String... endpoints) {
    List<String> seen =
        peer.gossip().ofChannel(SampleChannel.ID).stream()
            .map(GossipMember::endpoint)
            .sorted()
            .toList();
    return seen.equals(List.of(endpoints).stream().sorted().toList());
  }

  private static PeerTrust trust(SampleChannel channel, LocalMsp msp) {
    return new PeerTrust(msp.msps(), () -> List.of(channel.config()), InstantSource.system());
  }

  private Peer start(
      SampleChannel channel,
      SampleOrganization org,
      LocalMsp msp,
      String endpoint,
      ChannelConfig config,
      long height)
      throws IOException {
    TlsCredentials credentials = org.tls();
    TlsRoots roots =
        new TlsRoots(List.of(channel.org1.tlsAuthorityPem(), channel.org2.tlsAuthorityPem()));
    GossipTls tls =
        new GossipTls(
            true,
            () -> Optional.of(TlsTrust.client(roots, Optional.of(credentials))),
            credentials.leafHash(),
            credentials.leafHash());
    Gossip gossip =
        new Gossip(
            settings(endpoint),
            msp.msp().id(),
            msp.signer().serialized(),
            msp.signer()::sign,
            new PeerTrust(msp.msps(), () -> List.of(config), InstantSource.system()),
            tls,
            new Joined(config, height, runnable),
            this::store,
            Optional::empty,
            InstantSource.system(),
            new Random(endpoint.hashCode()));
    int port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("localhost", port))
            .sslContext(TlsTrust.server(credentials, false, roots))
            .addService(gossip.service())
            .build()
            .start();
    Peer peer = new Peer(gossip, server, endpoint);
    peers.add(peer);
    gossip.configured(config);
    gossip.start();
    return peer;
  }

  private static GossipSettings settings(String endpoint) {
    return new GossipSettings(
        endpoint,
        endpoint,
        List.of(),
        3,
        3,
        TICK,
        TICK,
        Duration.ofSeconds(4),
        TICK,
        100,
        20,
        TICK,
        TICK,
        TICK,
        TICK,
        Duration.ofSeconds(3),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5));
  }

  private static ChannelConfig withAnchor(SampleChannel channel, String endpoint) {
    int colon = endpoint.lastIndexOf(':');
    AnchorPeers anchors =
        AnchorPeers.newBuilder()
            .addAnchorPeers(
                AnchorPeer.newBuilder()
                    .setHost(endpoint.substring(0, colon))
                    .setPort(Integer.parseInt(endpoint.substring(colon + 1))))
            .build();
    ConfigGroup root = channel.root();
    ConfigGroup application = root.getGroupsOrThrow("Application");
    ConfigGroup org =
        application.getGroupsOrThrow("Org1").toBuilder()
            .putValues("AnchorPeers", SampleChannel.value(anchors))
            .build();
    return ChannelConfig.of(
        SampleChannel.ID,
        Config.newBuilder()
            .setChannelGroup(
                root.toBuilder()
                    .putGroups(
                        "Application", application.toBuilder().putGroups("Org1", org).build()))
            .build());
  }

  private static String freeEndpoint() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return "localhost:" + socket.getLocalPort();
    }
  }
}
