package org.blockraft.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.gateway.GatewayGrpc;
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

  private final MalformedRequests malformed = new MalformedRequests();

  @Test
  void handlerOnAThreadOfItsOwnMayStillAnswerTheRefusedCall() {
    Recorded call = new Recorded();
    List<ServerCall<Envelope, DeliverResponse>> seen = new ArrayList<>();
    ServerCall.Listener<Envelope> listener = listener(call, seen);
    assertNull(parse(new DeliverGrpc.DeliverImplBase() {}, "protos.Deliver/Deliver", 0xff));
    listener.onMessage(null);
    seen.getFirst().sendMessage(DeliverResponse.getDefaultInstance());
    seen.getFirst().close(Status.CANCELLED, new Metadata());
    assertEquals(1, call.ends.size());
    assertEquals(
        "grpc: failed to unmarshal the received message: proto: cannot parse invalid wire-format"
            + " data",
        call.ends.getFirst().getDescription());
  }

  @Test
  void aStringThatIsNoUtf8HasGosOtherText() {
    Recorded call = new Recorded();
    ServerCall.Listener<Envelope> listener = listener(call, new ArrayList<>());
    assertNull(
        parse(new GatewayGrpc.GatewayImplBase() {}, "gateway.Gateway/Evaluate", 0x0a, 1, 0xff));
    listener.onMessage(null);
    assertEquals(
        "grpc: failed to unmarshal the received message: string field contains invalid UTF-8",
        call.ends.getFirst().getDescription());
  }

  private ServerCall.Listener<Envelope> listener(
      Recorded call, List<ServerCall<Envelope, DeliverResponse>> seen) {
    return malformed.interceptCall(
        call,
        new Metadata(),
        (handled, headers) -> {
          seen.add(handled);
          return new ServerCall.Listener<>() {};
        });
  }

  private Object parse(BindableService service, String method, int... bytes) {
    byte[] message = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      message[i] = (byte) bytes[i];
    }
    return malformed
        .tolerant(service.bindService())
        .getMethod(method)
        .getMethodDescriptor()
        .parseRequest(new ByteArrayInputStream(message));
  }
}
