package org.blockraft.intake;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.Envelope;
import org.junit.jupiter.api.Test;

class BlockWireTest {
  private static final ByteString GOOD =
      Envelope.newBuilder()
          .setPayload(ByteString.copyFromUtf8("payload"))
          .setSignature(ByteString.copyFromUtf8("signature"))
          .build()
          .toByteString();

  @Test
  void shouldAcceptCanonicalEnvelopes() {
    assertDoesNotThrow(() -> BlockWire.checkWellFormed(block(GOOD, GOOD)));
  }

  @Test
  void shouldAcceptUnknownFieldsAtTheEndInTheirOrder() {
    // field 9 varint 1, then field 5 varint 2: not sorted, and Go leaves them so
    ByteString unknown = bytes(0x48, 1, 0x28, 2);
    assertDoesNotThrow(() -> BlockWire.checkWellFormed(block(GOOD.concat(unknown))));
  }

  @Test
  void shouldRefuseAnEmptyBlock() {
    assertEquals("empty block", refusal(Block.getDefaultInstance()));
  }

  @Test
  void shouldRefuseBytesThatAreNoEnvelope() {
    assertEquals(
        "transaction 1 is invalid: " + BlockWire.BAD_WIRE_FORMAT,
        refusal(block(GOOD, ByteString.copyFromUtf8("garbage"))));
  }

  @Test
  void shouldRefuseEnvelopesWithoutPayloadOrSignature() {
    Envelope noPayload = Envelope.newBuilder().setSignature(GOOD).build();
    Envelope noSignature = Envelope.newBuilder().setPayload(GOOD).build();

    assertEquals("transaction 0 has no payload", refusal(block(noPayload.toByteString())));
    assertEquals("transaction 0 has no signature", refusal(block(noSignature.toByteString())));
  }

  @Test
  void shouldRefuseARepeatedField() {
    ByteString twice = bytes(0x0a, 1, 'x').concat(GOOD);
    assertEquals("transaction 0 has 3 trailing bytes", refusal(block(twice)));
  }

  @Test
  void shouldRefuseALengthWrittenTooLong() {
    // payload "x" with its length as two bytes, then signature "y"
    ByteString tooLong = bytes(0x0a, 0x81, 0x00, 'x', 0x12, 1, 'y');
    assertEquals("transaction 0 has 1 trailing bytes", refusal(block(tooLong)));
  }

  @Test
  void shouldRefuseFieldsInTheWrongOrder() {
    ByteString swapped = bytes(0x12, 1, 'y', 0x0a, 1, 'x');
    String refusal = refusal(block(swapped));
    assertTrue(refusal.startsWith("transaction 0 (CgF4EgF5) does not match its raw form ("));
  }

  @Test
  void shouldShareMemoryWithTheReceivedBytes() throws Exception {
    ByteString raw = block(GOOD).toByteString();
    assertEquals(block(GOOD), BlockWire.parse(raw));
  }

  private static String refusal(Block block) {
    return assertThrows(BlockRejected.class, () -> BlockWire.checkWellFormed(block)).getMessage();
  }

  private static Block block(ByteString... transactions) {
    BlockData.Builder data = BlockData.newBuilder();
    for (ByteString transaction : transactions) {
      data.addData(transaction);
    }
    return Block.newBuilder().setData(data).build();
  }

  private static ByteString bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteString.copyFrom(bytes);
  }
}
