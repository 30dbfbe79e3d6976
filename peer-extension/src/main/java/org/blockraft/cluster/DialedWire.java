package org.blockraft.cluster;

import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import org.blockraft.cluster.wire.Frame;

/** A stream that this node has opened, with a connection of its own. */
final class DialedWire implements Wire {
  private final ManagedChannel connection;
  private final ClientCall<Frame, Frame> call;

  DialedWire(ManagedChannel connection, ClientCall<Frame, Frame> call) {
    this.connection = connection;
    this.call = call;
  }

  /** Opens the stream and greets. */
  void start(Link link, Frame hello) {
    try {
      call.start(new Receiver(link), new Metadata());
      call.request(LinkLimits.FRAMES_ASKED);
      call.sendMessage(hello);
    } catch (IllegalStateException e) {
      link.end("the connection failed at once: " + e.getMessage());
    }
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
    call.cancel(reason, null);
    connection.shutdownNow();
  }

  /** Called by the connection's thread. */
  private static final class Receiver extends ClientCall.Listener<Frame> {
    private final Link link;

    private Receiver(Link link) {
      this.link = link;
    }

    @Override
    public void onMessage(Frame frame) {
      link.received(frame);
    }

    @Override
    public void onReady() {
      link.ready();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      link.end(text(status));
    }

    private static String text(Status status) {
      String text = status.getDescription();
      for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
        String more = cause.getMessage();
        if (more != null && (text == null || !text.contains(more))) {
          text = text == null ? more : text + ": " + more;
        }
      }
      return text == null ? status.getCode().name() : text;
    }
  }
}
