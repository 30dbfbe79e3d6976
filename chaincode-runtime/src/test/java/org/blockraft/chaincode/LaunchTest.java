package org.blockraft.chaincode;

import static org.awaitility.Awaitility.await;
import static org.blockraft.chaincode.ScriptedChaincode.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchTest {
  @TempDir Path directory;

  @Test
  void manyExecutionsShareOneLaunch() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode = peer.serve("cc", tx -> ok("hi"))) {
      ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        TransactionContext tx = peer.transaction("cc", peer.simulator(peer.state));
        clients.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        peer.runtime.execute(tx, TestPeer.input("x"));
                      } catch (Throwable e) {
                        failures.add(e);
                      }
                    }));
      }
      for (Thread client : clients) {
        assertTrue(client.join(Duration.ofSeconds(10)));
      }
      assertEquals(List.of(), List.copyOf(failures));
      assertEquals(1, chaincode.streams());
    }
  }

  @Test
  void refusedConnection() throws Exception {
    int port = freePort();
    try (TestPeer peer = new TestPeer(directory)) {
      String id = peer.deploy("cc", port);
      assertEquals(
          "failed to execute transaction tx1: could not launch chaincode "
              + id
              + ": connection to "
              + id
              + " failed: error cannot create connection for "
              + id
              + ": error creating grpc connection to 127.0.0.1:"
              + port
              + ": failed to create new connection: connection error: desc = \"transport: error"
              + " while dialing: dial tcp 127.0.0.1:"
              + port
              + ": connect: connection refused\"",
          failure(peer));
      await()
          .untilAsserted(
              () ->
                  assertEquals(
                      1.0, peer.meters.get("chaincode.launch_failures").counter().count()));

      try (ScriptedChaincode late =
          ScriptedChaincode.server(
              id, port, InsecureServerCredentials.create(), tx -> ok("late"))) {
        assertEquals("late", peer.execute("cc", "x").response().getPayload().toStringUtf8());
        assertEquals(1, late.streams());
      }
    }
  }

  @Test
  void silentServerTimesOut() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        TestPeer peer = new TestPeer(directory)) {
      peer.deploy(
          "cc",
          "{\"address\":\"127.0.0.1:" + silent.getLocalPort() + "\",\"dial_timeout\":\"300ms\"}");
      assertTrue(
          failure(peer).endsWith("failed to create new connection: context deadline exceeded"),
          failure(peer));
    }
  }

  @Test
  void serverThatIsNoChaincode() throws Exception {
    Server stranger =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                InsecureServerCredentials.create())
            .build()
            .start();
    try (TestPeer peer = new TestPeer(directory)) {
      String id = peer.deploy("cc", stranger.getPort());
      assertEquals(
          "failed to execute transaction tx1: could not launch chaincode "
              + id
              + ": chaincode registration failed: connection to "
              + id
              + " terminated",
          failure(peer));
    } finally {
      stranger.shutdownNow();
    }
  }

  @Test
  void wrongNameIsNeverRegistered() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode = peer.serve("cc", tx -> ok("hi"))) {
      chaincode.name("somebody:else");
      String id = peer.definitions.get("cc").chaincodeId();
      assertEquals(
          "failed to execute transaction tx1: could not launch chaincode "
              + id
              + ": timeout expired while starting chaincode "
              + id
              + " for transaction",
          failure(peer));
      assertEquals(1.0, peer.meters.get("chaincode.launch_timeouts").counter().count());
    }
  }

  @Test
  void deathEndsTransactionsAndTheNextOneRedials() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode =
            peer.serve(
                "cc",
                tx -> {
                  if (tx.argument(0).equals("die")) {
                    tx.dieWithStream();
                    return null;
                  }
                  return ok("alive");
                })) {
      assertEquals(
          "failed to execute transaction tx1: error sending: chaincode stream terminated",
          assertThrows(ChaincodeException.class, () -> peer.execute("cc", "die")).getMessage());
      assertEquals("alive", peer.execute("cc", "x").response().getPayload().toStringUtf8());
      assertEquals(2, chaincode.streams());
    }
  }

  @Test
  void serverGoneAndBack() throws Exception {
    try (TestPeer peer = new TestPeer(directory)) {
      ScriptedChaincode first = peer.serve("cc", tx -> ok("first"));
      int port = first.port();
      String id = peer.definitions.get("cc").chaincodeId();
      assertEquals("first", peer.execute("cc", "x").response().getPayload().toStringUtf8());
      first.close();
      await().until(() -> !peer.runtime.isConnected(id));
      assertTrue(failure(peer).contains("connection refused"));
      try (ScriptedChaincode second =
          ScriptedChaincode.server(
              id, port, InsecureServerCredentials.create(), tx -> ok("second"))) {
        assertEquals("second", peer.execute("cc", "x").response().getPayload().toStringUtf8());
        assertEquals(1, second.streams());
      }
    }
  }

  @Test
  void mutualTls() throws Exception {
    ChaincodeCertificates authority = new ChaincodeCertificates(InstantSource.system());
    ChaincodeCertificates.ServerMaterial server = authority.server("localhost");
    PeerConnection client = authority.connection("unused", "unused");
    ServerCredentials credentials =
        TlsServerCredentials.newBuilder()
            .keyManager(stream(server.certificate()), stream(server.key()))
            .trustManager(stream(server.clientRoot()))
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
            .build();
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode =
            ScriptedChaincode.server("", 0, credentials, tx -> ok("secret"))) {
      Map<String, Object> connection = new LinkedHashMap<>();
      connection.put("address", "localhost:" + chaincode.port());
      connection.put("dial_timeout", "5s");
      connection.put("tls_required", true);
      connection.put("client_auth_required", true);
      connection.put("client_key", client.clientKey());
      connection.put("client_cert", client.clientCertificate());
      connection.put("root_cert", server.clientRoot());
      chaincode.name(peer.deploy("cc", new String(Json.bytes(connection), StandardCharsets.UTF_8)));
      assertEquals("secret", peer.execute("cc", "x").response().getPayload().toStringUtf8());
    }
  }

  @Test
  void badTlsMaterial() throws Exception {
    try (TestPeer peer = new TestPeer(directory)) {
      peer.deploy(
          "cc",
          "{\"address\":\"localhost:1\",\"dial_timeout\":\"1s\",\"tls_required\":true,"
              + "\"root_cert\":\"nonsense\"}");
      assertTrue(
          failure(peer)
              .endsWith(
                  "error creating grpc connection to localhost:1: error adding root"
                      + " certificate"),
          failure(peer));
    }
  }

  @Test
  void connectionFileWithoutDialTimeoutIsMalformed() throws Exception {
    try (TestPeer peer = new TestPeer(directory)) {
      peer.deploy("cc", "{\"address\":\"localhost:1\"}");
      String text = failure(peer);
      assertTrue(text.contains("error building chaincode: malformed chaincode info at '"), text);
      assertTrue(text.endsWith("connection.json': time: invalid duration \"\""), text);
    }
  }

  @Test
  void custodianLaunchesInTheBackground() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode = peer.serve("cc", tx -> ok("hi"))) {
      String id = peer.definitions.get("cc").chaincodeId();
      assertFalse(peer.runtime.isConnected(id));
      peer.runtime.custodian().stoppable(id); // fails, and is only logged
      peer.runtime.custodian().runnable(id);
      await().until(() -> peer.runtime.isConnected(id));
      assertEquals(1, chaincode.streams());
    }
  }

  private static String failure(TestPeer peer) {
    return assertThrows(ChaincodeException.class, () -> peer.execute("cc", "x")).getMessage();
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
