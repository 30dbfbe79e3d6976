package org.blockraft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.blockraft.cluster.wire.BlockFrame;
import org.blockraft.cluster.wire.Frame;
import org.junit.jupiter.api.Test;

final class FrameWireTest {
  private static final Frame FRAME =
      Frame.newBuilder()
          .setTerm(3)
          .setBlock(BlockFrame.newBuilder().setBody(ByteString.copyFromUtf8("body")))
          .build();

  private static Frame parse(byte[] bytes) {
    return FrameWire.CONNECT.parseRequest(new ByteArrayInputStream(bytes));
  }

  @Test
  void framesPassUnchanged() throws IOException {
    try (InputStream bytes = FrameWire.CONNECT.streamRequest(FRAME)) {
      assertEquals(FRAME, FrameWire.CONNECT.parseRequest(bytes));
    }
  }

  @Test
  void bytesAreNotCopiedAgain() throws IOException {
    byte[] bytes = FRAME.toByteArray();
    Frame frame = FrameWire.parse(UnsafeByteOperations.unsafeWrap(bytes));
    bytes[bytes.length - 1] = 'Y';
    assertEquals("bodY", frame.getBlock().getBody().toStringUtf8());
  }

  @Test
  void whatALaterVersionAddsIsNoError() {
    UnknownFieldSet added =
        UnknownFieldSet.newBuilder()
            .addField(100, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    byte[] bytes = FRAME.toBuilder().setUnknownFields(added).build().toByteArray();
    assertEquals(FRAME.getBlock(), parse(bytes).getBlock());
  }

  @Test
  void garbageIsAnError() {
    assertThrows(StatusRuntimeException.class, () -> parse(new byte[] {1, 2, 3, 4}));
    assertThrows(StatusRuntimeException.class, () -> parse(new byte[] {0}));
    // The end of a group that has not begun.
    assertThrows(StatusRuntimeException.class, () -> parse(new byte[] {8, 3, 12}));
  }
}
