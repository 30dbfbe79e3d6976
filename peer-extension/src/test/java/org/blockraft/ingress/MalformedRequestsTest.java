package org.blockraft.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.peer.DeliverGrpc;
import org.hyperledger.fabric.protos.peer.DeliverResponse;
import org.junit.jupiter.api.Test;

final class MalformedRequestsTest {
  /** Refuses a second end, as gRPC's own calls do. */
  private static final class Recorded extends ServerCall<Envelope, DeliverResponse> {
    final List<Status> ends = new ArrayList<>();

    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {
      requireOpen();
    }

    @Override
    public void sendMessage(DeliverResponse message) {
      requireOpen();
    }

    @Override
    public void close(Status status, Metadata trailers) {
      requireOpen();
      ends.add(status);
    }

    private void requireOpen() {
      assertEquals(List.of(), ends);
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<Envelope, DeliverResponse> getMethodDescriptor() {
      return DeliverGrpc.getDeliverMethod();
    }
  }

  @Test
  void handlerOnAThreadOfItsOwnMayStillAnswerTheRefusedCall() {
    Recorded call = new Recorded();
    List<ServerCall<Envelope, DeliverResponse>> seen = new ArrayList<>();
    ServerCall.Listener<Envelope> listener =
        new MalformedRequests()
            .interceptCall(
                call,
                new Metadata(),
                (handled, headers) -> {
                  seen.add(handled);
                  return new ServerCall.Listener<>() {};
                });
    listener.onMessage(null);
    seen.getFirst().sendMessage(DeliverResponse.getDefaultInstance());
    seen.getFirst().close(Status.CANCELLED, new Metadata());
    assertEquals(1, call.ends.size());
    assertEquals(
        "grpc: failed to unmarshal the received message: proto: cannot parse invalid wire-format"
            + " data",
        call.ends.getFirst().getDescription());
  }
}
