package org.blockraft.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.blockraft.endorse.ProposalRejected;
import org.hyperledger.fabric.protos.gateway.EvaluateRequest;
import org.hyperledger.fabric.protos.gateway.GatewayGrpc;
import org.hyperledger.fabric.protos.peer.EndorserGrpc;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.junit.jupiter.api.Test;

final class GrpcServerTest {
  private static final ConcurrencyLimits NONE = ConcurrencyLimits.NONE;

  /** An endorser that answers what a test wants. */
  private static final class Scripted extends EndorserGrpc.EndorserImplBase {
    private final java.util.function.UnaryOperator<SignedProposal> script;

    Scripted(java.util.function.UnaryOperator<SignedProposal> script) {
      this.script = script;
    }

    @Override
    public void processProposal(
        SignedProposal proposal, StreamObserver<ProposalResponse> responses) {
      UnaryCalls.answer(
          responses,
          () -> {
            SignedProposal echo = script.apply(proposal);
            return ProposalResponse.newBuilder().setPayload(echo.getProposalBytes()).build();
          });
    }
  }

  private static StatusRuntimeException failure(ManagedChannel connection) {
    return assertThrows(
        StatusRuntimeException.class,
        () ->
            EndorserGrpc.newBlockingStub(connection)
                .processProposal(SignedProposal.getDefaultInstance()));
  }

  @Test
  void refusalIsUnknownWithItsText() throws Exception {
    Scripted refusing =
        new Scripted(
            _ -> {
              throw new ProposalRejected("duplicate transaction found [1]. Creator [2]");
            });
    try (LoopbackServer server = new LoopbackServer(NONE, refusing)) {
      Status status = failure(server.connection).getStatus();
      assertEquals(Status.Code.UNKNOWN, status.getCode());
      assertEquals("duplicate transaction found [1]. Creator [2]", status.getDescription());
      String metrics = server.meters.scrape();
      assertTrue(
          metrics.contains(
              "grpc_server_unary_requests_completed{code=\"Unknown\",method=\"ProcessProposal\",service=\"protos_Endorser\"} 1"),
          metrics);
      assertTrue(
          metrics.contains(
              "grpc_server_unary_requests_received{method=\"ProcessProposal\",service=\"protos_Endorser\"} 1"),
          metrics);
      assertTrue(metrics.contains("# TYPE grpc_comm_conn_opened counter"), metrics);
      assertTrue(metrics.contains("grpc_comm_conn_opened 1"), metrics);
    }
  }

  @Test
  void callsUnderWayAreFinishedAndNewOnesAreNotTaken() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Scripted slow =
        new Scripted(
            proposal -> {
              begun.countDown();
              try {
                assertTrue(go.await(10, TimeUnit.SECONDS));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return proposal;
            });
    try (LoopbackServer server = new LoopbackServer(NONE, slow)) {
      var answer =
          EndorserGrpc.newFutureStub(server.connection)
              .processProposal(SignedProposal.getDefaultInstance());
      assertTrue(begun.await(10, TimeUnit.SECONDS));
      CompletableFuture<Void> finished =
          CompletableFuture.runAsync(
              () -> server.server.finish(Duration.ofSeconds(10), Duration.ZERO));
      Awaitility.await()
          .until(() -> failure(server.connection).getStatus().getCode() == Status.Code.UNAVAILABLE);
      assertFalse(finished.isDone());
      go.countDown();
      assertEquals(ProposalResponse.getDefaultInstance(), answer.get(10, TimeUnit.SECONDS));
      finished.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void messagesMayBeLarge() throws Exception {
    try (LoopbackServer server = new LoopbackServer(NONE, new Scripted(p -> p))) {
      ByteString large = ByteString.copyFrom(new byte[20 << 20]);
      ProposalResponse response =
          EndorserGrpc.newBlockingStub(server.connection)
              .processProposal(SignedProposal.newBuilder().setProposalBytes(large).build());
      assertEquals(large.size(), response.getPayload().size());
    }
  }

  @Test
  void callsAboveTheLimitAreRefusedUntilOneEnds() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Scripted slow =
        new Scripted(
            p -> {
              entered.countDown();
              try {
                leave.await(20, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return p;
            });
    try (LoopbackServer server = new LoopbackServer(new ConcurrencyLimits(1, 0, 0), slow)) {
      var first =
          EndorserGrpc.newFutureStub(server.connection)
              .processProposal(SignedProposal.getDefaultInstance());
      assertTrue(entered.await(20, TimeUnit.SECONDS));
      Status status = failure(server.connection).getStatus();
      assertEquals(Status.Code.UNKNOWN, status.getCode());
      assertEquals(
          "too many requests for /protos.Endorser, exceeding concurrency limit (1)",
          status.getDescription());
      leave.countDown();
      first.get(20, TimeUnit.SECONDS);
      EndorserGrpc.newBlockingStub(server.connection)
          .processProposal(SignedProposal.getDefaultInstance());
    }
  }

  @Test
  void malformedRequestIsInternal() throws Exception {
    try (LoopbackServer server = new LoopbackServer(NONE, new Scripted(p -> p))) {
      MethodDescriptor<byte[], ProposalResponse> raw =
          EndorserGrpc.getProcessProposalMethod().toBuilder(
                  new RawMarshaller(),
                  EndorserGrpc.getProcessProposalMethod().getResponseMarshaller())
              .build();
      StatusRuntimeException failure =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  ClientCalls.blockingUnaryCall(
                      server.connection, raw, CallOptions.DEFAULT, new byte[] {10, 100, 1}));
      assertEquals(Status.Code.INTERNAL, failure.getStatus().getCode());
      assertEquals(
          "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data",
          failure.getStatus().getDescription());
    }
  }

  private static final class RawMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void serviceThatIsNotServedIsUnimplemented() throws Exception {
    try (LoopbackServer server = new LoopbackServer(NONE, new Scripted(p -> p))) {
      StatusRuntimeException failure =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  GatewayGrpc.newBlockingStub(server.connection)
                      .evaluate(EvaluateRequest.getDefaultInstance()));
      assertEquals(Status.Code.UNIMPLEMENTED, failure.getStatus().getCode());
      assertEquals("unknown service gateway.Gateway", failure.getStatus().getDescription());
    }
  }

  @Test
  void connectionsAreCounted() throws Exception {
    try (LoopbackServer server = new LoopbackServer(NONE, new Scripted(p -> p))) {
      EndorserGrpc.newBlockingStub(server.connection)
          .processProposal(SignedProposal.getDefaultInstance());
      server.connection.shutdownNow();
      Awaitility.await()
          .until(() -> server.meters.scrape().contains("\ngrpc_comm_conn_closed 1\n"));
    }
  }
}
