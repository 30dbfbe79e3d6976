package org.blockraft.cluster;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.blockraft.cluster.wire.Frame;

/** A stream that the other node has opened. */
final class AcceptedWire implements Wire {
  private final ServerCall<Frame, Frame> call;

  AcceptedWire(ServerCall<Frame, Frame> call) {
    this.call = call;
    call.setOnReadyThreshold(LinkLimits.READY_BYTES);
    call.sendHeaders(new Metadata());
    call.request(LinkLimits.FRAMES_ASKED);
  }

  @Override
  public boolean isReady() {
    return call.isReady();
  }

  @Override
  public void send(Frame frame) {
    call.sendMessage(frame);
  }

  @Override
  public void ask(int frames) {
    call.request(frames);
  }

  @Override
  public void end(String reason) {
    call.close(Status.FAILED_PRECONDITION.withDescription(reason), new Metadata());
  }
}
