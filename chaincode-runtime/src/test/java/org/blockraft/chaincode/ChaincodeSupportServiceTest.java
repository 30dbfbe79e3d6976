package org.blockraft.chaincode;

import static org.awaitility.Awaitility.await;
import static org.blockraft.chaincode.ScriptedChaincode.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.hyperledger.fabric.protos.peer.ChaincodeMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChaincodeSupportServiceTest {
  @TempDir Path directory;
  private Server listener;

  @AfterEach
  void stop() {
    if (listener != null) {
      listener.shutdownNow();
    }
  }

  @Test
  void developmentModeTakesWhoeverComes() throws Exception {
    try (TestPeer peer = developmentPeer(null)) {
      listen(peer, InsecureServerCredentials.create());
      try (ScriptedChaincode chaincode = dial("cc:1.0", InsecureChannelCredentials.create())) {
        peer.define("cc", "cc:1.0");
        await().until(() -> peer.runtime.isConnected("cc:1.0"));
        assertEquals("hi", peer.execute("cc", "x").response().getPayload().toStringUtf8());
        try (ScriptedChaincode second = dial("cc:1.0", InsecureChannelCredentials.create())) {
          second.send(message(ChaincodeMessage.Type.KEEPALIVE));
          assertNull(second.failure(), "a duplicate stays open but is not registered");
        }
        assertEquals("hi", peer.execute("cc", "x").response().getPayload().toStringUtf8());
        assertNull(chaincode.failure());
      }
      await().until(() -> !peer.runtime.isConnected("cc:1.0"));
    }
  }

  @Test
  void unknownMessageEndsTheStream() throws Exception {
    try (TestPeer peer = developmentPeer(null)) {
      listen(peer, InsecureServerCredentials.create());
      try (ScriptedChaincode chaincode = dial("cc:1.0", InsecureChannelCredentials.create())) {
        await().until(() -> peer.runtime.isConnected("cc:1.0"));
        chaincode.send(message(ChaincodeMessage.Type.REGISTER).toBuilder().setTxid("t").build());
        assertEnded(
            chaincode,
            "error handling message, ending stream: [t] Fabric side handler cannot handle message"
                + " (REGISTER) while in ready state");
        assertFalse(peer.runtime.isConnected("cc:1.0"));
      }
    }
  }

  @Test
  void uninvitedChaincodeIsNotRegistered() throws Exception {
    try (TestPeer peer = new TestPeer(directory)) {
      listen(peer, InsecureServerCredentials.create());
      try (ScriptedChaincode chaincode = dial("cc:1.0", InsecureChannelCredentials.create())) {
        chaincode.send(message(ChaincodeMessage.Type.COMPLETED));
        assertEnded(
            chaincode,
            "error handling message, ending stream: [] Fabric side handler cannot handle message"
                + " (COMPLETED) while in created state");
        assertFalse(peer.runtime.isConnected("cc:1.0"));
      }
    }
  }

  @Test
  void certificateMustBelongToTheChaincode() throws Exception {
    ChaincodeCertificates certificates = new ChaincodeCertificates(InstantSource.system());
    ChaincodeCertificates.ServerMaterial material = certificates.server("127.0.0.1");
    ServerCredentials credentials =
        TlsServerCredentials.newBuilder()
            .keyManager(stream(material.certificate()), stream(material.key()))
            .trustManager(stream(material.clientRoot()))
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
            .build();
    try (TestPeer peer = developmentPeer(certificates)) {
      listen(peer, credentials);
      PeerConnection granted = certificates.connection("cc:1.0", "unused");
      try (ScriptedChaincode thief = dial("cc:2.0", client(granted))) {
        await().until(() -> thief.failure() != null);
        String text = Status.fromThrowable(thief.failure()).getDescription();
        assertTrue(text.startsWith("Chaincode cc:2.0 with given certificate hash ["), text);
        assertTrue(text.endsWith("] belongs to a different chaincode"), text);
      }
      try (ScriptedChaincode chaincode = dial("cc:1.0", client(granted))) {
        await().until(() -> peer.runtime.isConnected("cc:1.0"));
        assertNull(chaincode.failure());
      }
    }
  }

  private TestPeer developmentPeer(ChaincodeCertificates certificates) {
    RuntimeSettings settings =
        new RuntimeSettings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofMillis(20),
            100,
            10,
            true,
            "unused",
            null);
    return new TestPeer(directory, settings, certificates, List.of(), Map.of());
  }

  private void listen(TestPeer peer, ServerCredentials credentials) throws Exception {
    listener =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), credentials)
            .addService(peer.runtime.service().definition())
            .directExecutor()
            .build()
            .start();
  }

  private ScriptedChaincode dial(String name, ChannelCredentials credentials) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", listener.getPort(), credentials).build();
    return ScriptedChaincode.dialing(name, channel, tx -> ok("hi"));
  }

  private static ChannelCredentials client(PeerConnection connection) throws Exception {
    String key = connection.clientKey().replace("EC PRIVATE KEY", "PRIVATE KEY");
    return TlsChannelCredentials.newBuilder()
        .keyManager(stream(connection.clientCertificate()), stream(key))
        .trustManager(stream(connection.rootCertificate()))
        .build();
  }

  private static void assertEnded(ScriptedChaincode chaincode, String text) {
    await().until(() -> chaincode.failure() != null);
    Status status = Status.fromThrowable(chaincode.failure());
    assertEquals(Status.Code.UNKNOWN, status.getCode());
    assertEquals(text, status.getDescription());
  }

  private static ChaincodeMessage message(ChaincodeMessage.Type type) {
    return ChaincodeMessage.newBuilder().setType(type).build();
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
