package org.blockraft.intake;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import org.hyperledger.fabric.protos.common.Block;

/**
 * Blocks and envelopes as bytes.
 *
 * <p>Fabric: protoutil/blockutils.go VerifyTransactionsAreWellFormed.
 */
final class BlockWire {
  /** What Fabric says when bytes are not a message of the expected type. */
  static final String BAD_WIRE_FORMAT = "proto: cannot parse invalid wire-format data";

  private static final int PAYLOAD_FIELD = 1;
  private static final int SIGNATURE_FIELD = 2;
  private static final int PAYLOAD_TAG = PAYLOAD_FIELD << 3 | 2;
  private static final int SIGNATURE_TAG = SIGNATURE_FIELD << 3 | 2;

  private BlockWire() {}

  /** Parses a block whose byte fields are slices of {@code raw}, not copies. */
  static Block parse(ByteString raw) throws InvalidProtocolBufferException {
    CodedInputStream in = aliasing(raw);
    try {
      Block block = Block.parseFrom(in);
      in.checkLastTagWas(0);
      return block;
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot fail", e);
    }
  }

  static CodedInputStream aliasing(ByteString raw) {
    CodedInputStream in = raw.newCodedInput();
    in.enableAliasing(true);
    return in;
  }

  /**
   * Checks that every envelope of a block is the only serialization of its content. The data hash
   * covers the concatenated envelopes without their lengths, so it would not notice if bytes moved
   * from one envelope to the next.
   *
   * @throws BlockRejected with Fabric's text
   */
  static void checkWellFormed(Block block) {
    if (block.getData().getDataCount() == 0) {
      throw new BlockRejected("empty block");
    }
    if (BlockHeaders.isConfigBlock(block)) {
      return; // a single transaction has no neighbour to exchange bytes with
    }
    for (int i = 0; i < block.getData().getDataCount(); i++) {
      checkEnvelope(i, block.getData().getData(i));
    }
  }

  private static void checkEnvelope(int index, ByteString raw) {
    EnvelopeFields fields = EnvelopeFields.of(index, raw);
    if (fields.payload.isEmpty()) {
      throw new BlockRejected("transaction %d has no payload".formatted(index));
    }
    if (fields.signature.isEmpty()) {
      throw new BlockRejected("transaction %d has no signature".formatted(index));
    }
    int canonicalSize = fields.canonicalSize();
    if (fields.inOrder && canonicalSize == raw.size()) {
      return; // no encoding of the two fields is shorter, so this is that one
    }
    if (canonicalSize < raw.size()) {
      throw new BlockRejected(
          "transaction %d has %d trailing bytes".formatted(index, raw.size() - canonicalSize));
    }
    ByteString canonical = fields.canonical();
    if (!canonical.equals(raw)) {
      throw new BlockRejected(
          "transaction %d (%s) does not match its raw form (%s)"
              .formatted(index, base64(canonical), base64(raw)));
    }
  }

  private static String base64(ByteString bytes) {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /**
   * The fields of an envelope: the last payload and signature win, unknown fields keep their bytes.
   *
   * @param inOrder exactly one payload and then one signature and nothing else
   */
  private record EnvelopeFields(
      ByteString payload, ByteString signature, ByteString unknown, boolean inOrder) {

    static EnvelopeFields of(int index, ByteString raw) {
      ByteString payload = ByteString.EMPTY;
      ByteString signature = ByteString.EMPTY;
      ByteString unknown = ByteString.EMPTY;
      int fields = 0;
      boolean inOrder = true;
      CodedInputStream in = aliasing(raw);
      try {
        while (!in.isAtEnd()) {
          int start = in.getTotalBytesRead();
          int tag = in.readTag();
          fields++;
          if (tag == PAYLOAD_TAG) {
            payload = in.readBytes();
            inOrder &= fields == 1;
          } else if (tag == SIGNATURE_TAG) {
            signature = in.readBytes();
            inOrder &= fields == 2;
          } else if (in.skipField(tag)) {
            unknown = unknown.concat(raw.substring(start, in.getTotalBytesRead()));
            inOrder = false;
          } else {
            throw new BlockRejected(invalid(index));
          }
        }
      } catch (IOException e) {
        throw new BlockRejected(invalid(index));
      }
      return new EnvelopeFields(payload, signature, unknown, inOrder && fields == 2);
    }

    private static String invalid(int index) {
      return "transaction %d is invalid: %s".formatted(index, BAD_WIRE_FORMAT);
    }

    int canonicalSize() {
      return CodedOutputStream.computeBytesSize(PAYLOAD_FIELD, payload)
          + CodedOutputStream.computeBytesSize(SIGNATURE_FIELD, signature)
          + unknown.size();
    }

    ByteString canonical() {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(canonicalSize());
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      try {
        out.writeBytes(PAYLOAD_FIELD, payload);
        out.writeBytes(SIGNATURE_FIELD, signature);
        out.writeRawBytes(unknown);
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("bytes in memory cannot fail", e);
      }
      return ByteString.copyFrom(bytes.toByteArray());
    }
  }
}
