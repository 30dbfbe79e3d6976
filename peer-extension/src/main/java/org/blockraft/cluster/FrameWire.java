package org.blockraft.cluster;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.io.IOException;
import java.io.InputStream;
import org.blockraft.cluster.wire.Frame;

/**
 * Frames as bytes: those that come in are copied once out of the network's buffers, and their bytes
 * fields share that copy.
 */
final class FrameWire implements Marshaller<Frame> {
  static final String SERVICE = "blockraft.cluster.v1.Links";

  /** The one method of the service. */
  static final MethodDescriptor<Frame, Frame> CONNECT =
      MethodDescriptor.<Frame, Frame>newBuilder(new FrameWire(), new FrameWire())
          .setType(MethodType.BIDI_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Connect"))
          .build();

  private final Marshaller<Frame> outgoing = ProtoUtils.marshaller(Frame.getDefaultInstance());

  private FrameWire() {}

  @Override
  public InputStream stream(Frame frame) {
    return outgoing.stream(frame);
  }

  @Override
  public Frame parse(InputStream stream) {
    try {
      return parse(UnsafeByteOperations.unsafeWrap(bytes(stream)));
    } catch (IOException e) {
      throw Status.INTERNAL
          .withDescription("not a frame: " + e.getMessage())
          .withCause(e)
          .asRuntimeException();
    }
  }

  static Frame parse(ByteString bytes) throws IOException {
    CodedInputStream input = bytes.newCodedInput();
    input.enableAliasing(true);
    Frame frame = Frame.parseFrom(input);
    input.checkLastTagWas(0);
    return frame;
  }

  private static byte[] bytes(InputStream stream) throws IOException {
    if (!(stream instanceof KnownLength)) {
      return stream.readAllBytes();
    }
    byte[] bytes = new byte[stream.available()];
    stream.readNBytes(bytes, 0, bytes.length);
    return bytes;
  }
}
