package org.blockraft.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.hyperledger.fabric.protos.peer.EndorserGrpc;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTrustTest {
  private static final byte HTTP2_SETTINGS = 4;

  private final SampleOrganization org = new SampleOrganization("Org1MSP");
  private final SampleOrganization stranger = new SampleOrganization("StrangerMSP");
  private final AtomicReference<ByteString> seen = new AtomicReference<>();
  private Server server;

  @AfterEach
  void stop() throws InterruptedException {
    if (server != null) {
      server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void shouldAcceptAndShowAnyClientCertificateWhenNoneIsRequired() throws Exception {
    start(false, new TlsRoots(List.of()));
    TlsCredentials foreign = stranger.tls();

    assertEquals(Status.Code.UNIMPLEMENTED, call(Optional.of(foreign)));
    assertEquals(foreign.leafHash(), seen.get());
    assertEquals(Status.Code.UNIMPLEMENTED, call(Optional.empty()));
    assertEquals(ByteString.EMPTY, seen.get());
  }

  @Test
  void shouldRequireATrustedClientCertificateInMutualMode() throws Exception {
    start(true, new TlsRoots(List.of(org.tlsAuthorityPem())));
    TlsCredentials own = org.tls();

    assertEquals(Status.Code.UNIMPLEMENTED, call(Optional.of(own)));
    assertEquals(own.leafHash(), seen.get());
    assertEquals(Status.Code.UNAVAILABLE, call(Optional.of(stranger.tls())));
    assertEquals(Status.Code.UNAVAILABLE, call(Optional.empty()));
  }

  @Test
  void shouldSayInTheAlertThatTheAuthorityIsUnknown() throws Exception {
    start(true, new TlsRoots(List.of(org.tlsAuthorityPem())));

    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () -> send(List.of(org.tlsAuthorityPem()), Optional.of(stranger.tls())));

    assertTrue(trace(refused).contains("UNKNOWN_CA"), () -> trace(refused));
  }

  private static String trace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void shouldFollowTheChannelsWithoutARestart(@TempDir Path dir) throws Exception {
    TlsRoots roots = new TlsRoots(List.of());
    start(true, roots);
    SampleChannel channel = new SampleChannel(dir);
    TlsCredentials member = channel.org1.tls();

    assertEquals(Status.Code.UNAVAILABLE, call(Optional.of(member)));
    roots.update(channel.config("localhost:1"));
    assertEquals(Status.Code.UNIMPLEMENTED, call(Optional.of(member)));
    assertEquals(Status.Code.UNAVAILABLE, call(Optional.of(channel.ordering.tls())));
  }

  @Test
  void shouldTakeClientsThatDoNotNegotiateAProtocol() throws Exception {
    start(false, new TlsRoots(List.of()));
    SSLContext everyone = SSLContext.getInstance("TLS");
    everyone.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);

    try (Socket socket = everyone.getSocketFactory().createSocket("localhost", server.getPort())) {
      socket.setSoTimeout(10_000);
      byte[] frame = socket.getInputStream().readNBytes(9);

      assertEquals(HTTP2_SETTINGS, frame[3]);
    }
  }

  @Test
  void shouldNotTrustAServerOfAnotherAuthority() throws Exception {
    start(false, new TlsRoots(List.of()));

    assertEquals(
        Status.Code.UNAVAILABLE, call(List.of(stranger.tlsAuthorityPem()), Optional.empty()));
  }

  @Test
  void shouldRefuseAKeyThatBelongsToAnotherCertificate() {
    TestOrg pki = new TestOrg("Org1MSP");
    ByteString certificate = ByteString.copyFrom(pki.tls("one").pem());
    ByteString otherKey = ByteString.copyFrom(pki.tls("other").keyPem());

    IdentityException refused =
        assertThrows(IdentityException.class, () -> TlsCredentials.of(certificate, otherKey));
    assertEquals("tls: private key does not match public key", refused.getMessage());
  }

  private void start(boolean clientCertificateRequired, TlsRoots roots) throws IOException {
    ServerInterceptor remember =
        new ServerInterceptor() {
          @Override
          public <Q, R> ServerCall.Listener<Q> interceptCall(
              ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            seen.set(
                TlsTrust.peerLeafHash(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)));
            return next.startCall(call, headers);
          }
        };
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(TlsTrust.server(org.tls(), clientCertificateRequired, roots))
            .intercept(remember)
            .addService(new EndorserGrpc.EndorserImplBase() {})
            .build()
            .start();
  }

  private Status.Code call(Optional<TlsCredentials> credentials) throws InterruptedException {
    return call(List.of(org.tlsAuthorityPem()), credentials);
  }

  private Status.Code call(List<ByteString> roots, Optional<TlsCredentials> credentials)
      throws InterruptedException {
    try {
      send(roots, credentials);
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private void send(List<ByteString> roots, Optional<TlsCredentials> credentials)
      throws InterruptedException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("localhost", server.getPort())
            .sslContext(TlsTrust.client(roots, credentials))
            .build();
    try {
      ClientCalls.blockingUnaryCall(
          channel,
          EndorserGrpc.getProcessProposalMethod(),
          io.grpc.CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
          SignedProposal.getDefaultInstance());
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }
}
