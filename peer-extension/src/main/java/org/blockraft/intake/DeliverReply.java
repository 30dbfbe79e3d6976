package org.blockraft.intake;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.io.IOException;
import java.io.InputStream;
import org.hyperledger.fabric.protos.common.Envelope;

/**
 * One message of a deliver stream, a {@code orderer.DeliverResponse} whose block stays as it came.
 */
sealed interface DeliverReply {

  record Delivered(ByteString block) implements DeliverReply {}

  /** A {@code common.Status}, by number. */
  record Ended(int status) implements DeliverReply {}

  record Unknown() implements DeliverReply {}

  /** {@code orderer.AtomicBroadcast/Deliver}. */
  MethodDescriptor<Envelope, DeliverReply> DELIVER =
      MethodDescriptor.<Envelope, DeliverReply>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName("orderer.AtomicBroadcast/Deliver")
          .setRequestMarshaller(ProtoUtils.marshaller(Envelope.getDefaultInstance()))
          .setResponseMarshaller(new RawMarshaller())
          .build();

  int STATUS_TAG = 1 << 3;
  int BLOCK_TAG = 2 << 3 | 2;

  static DeliverReply parse(ByteString raw) throws IOException {
    DeliverReply reply = new Unknown();
    CodedInputStream in = BlockWire.aliasing(raw);
    while (!in.isAtEnd()) {
      int tag = in.readTag();
      switch (tag) {
        case STATUS_TAG -> reply = new Ended(in.readEnum());
        case BLOCK_TAG -> reply = new Delivered(in.readBytes());
        default -> in.skipField(tag);
      }
    }
    return reply;
  }

  /** Reads replies without taking blocks apart. */
  final class RawMarshaller implements MethodDescriptor.Marshaller<DeliverReply> {
    private RawMarshaller() {}

    @Override
    public DeliverReply parse(InputStream stream) {
      try {
        return DeliverReply.parse(UnsafeByteOperations.unsafeWrap(stream.readAllBytes()));
      } catch (IOException e) {
        throw Status.INTERNAL
            .withDescription("not a DeliverResponse: " + BlockWire.BAD_WIRE_FORMAT)
            .withCause(e)
            .asRuntimeException();
      }
    }

    @Override
    public InputStream stream(DeliverReply value) {
      throw new UnsupportedOperationException("replies are only received");
    }
  }
}
