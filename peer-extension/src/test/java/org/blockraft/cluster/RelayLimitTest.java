package org.blockraft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.blockraft.cluster.wire.Frame;
import org.junit.jupiter.api.Test;

final class RelayLimitTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final RelayLimit limit = new RelayLimit(2, meters);

  /** Remembers how it was closed. */
  private static final class Call extends ServerCall<Frame, Frame> {
    private Status closed;

    @Override
    public void request(int count) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(Frame message) {}

    @Override
    public void close(Status status, Metadata trailers) {
      closed = status;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<Frame, Frame> getMethodDescriptor() {
      return FrameWire.CONNECT;
    }
  }

  private ServerCall.Listener<Frame> begin(Call call) {
    return limit.interceptCall(call, new Metadata(), (c, h) -> new ServerCall.Listener<>() {});
  }

  private double open() {
    return meters.get("cluster.relays").gauge().value();
  }

  @Test
  void streamsBeyondTheLimitAreRefusedUntilOthersEnd() {
    ServerCall.Listener<Frame> first = begin(new Call());
    ServerCall.Listener<Frame> second = begin(new Call());
    Call third = new Call();
    begin(third).onComplete();
    assertEquals(Status.Code.UNAVAILABLE, third.closed.getCode());
    assertEquals(2, open());

    first.onCancel();
    assertThrows(
        IllegalStateException.class,
        () ->
            limit.interceptCall(
                new Call(),
                new Metadata(),
                (c, h) -> {
                  throw new IllegalStateException("does not start");
                }));
    Call fourth = new Call();
    ServerCall.Listener<Frame> last = begin(fourth);
    assertNull(fourth.closed);
    second.onComplete();
    last.onComplete();
    assertEquals(0, open());
  }
}
