package org.blockraft.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.CRC32C;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockHeader;

/**
 * A block as it is stored: the serialized {@link Block}, with what the index wants to know of its
 * envelopes. Envelope bytes are those received.
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares payloads
record BlockPayload(byte[] bytes, int[] transactions) {

  private static final int HEADER_FIELD = Block.HEADER_FIELD_NUMBER;
  private static final int DATA_FIELD = Block.DATA_FIELD_NUMBER;
  private static final int METADATA_FIELD = Block.METADATA_FIELD_NUMBER;
  private static final int ITEM_FIELD = 1;

  /** Serializes a block under the given metadata slots. */
  static BlockPayload of(BlockHeader header, List<ByteString> envelopes, List<ByteString> slots) {
    int dataBytes = itemsSize(envelopes);
    int slotBytes = itemsSize(slots);
    int size =
        CodedOutputStream.computeMessageSize(HEADER_FIELD, header)
            + nestedSize(DATA_FIELD, dataBytes)
            + nestedSize(METADATA_FIELD, slotBytes);
    byte[] bytes = new byte[size];
    int[] transactions = new int[envelopes.size() * BlockLocation.SLOT_INTS];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeMessage(HEADER_FIELD, header);
      openNested(out, DATA_FIELD, dataBytes);
      int slot = 0;
      for (ByteString envelope : envelopes) {
        out.writeBytes(ITEM_FIELD, envelope);
        int end = out.getTotalBytesWritten();
        transactions[slot++] = end - envelope.size();
        transactions[slot++] = envelope.size();
        transactions[slot++] = crc(bytes, end - envelope.size(), envelope.size());
      }
      openNested(out, METADATA_FIELD, slotBytes);
      for (ByteString value : slots) {
        out.writeBytes(ITEM_FIELD, value);
      }
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.checkNoSpaceLeft();
    return new BlockPayload(bytes, transactions);
  }

  /** The stored block; its byte strings share the given array. */
  static Block parse(byte[] payload) {
    CodedInputStream in = UnsafeByteOperations.unsafeWrap(payload).newCodedInput();
    in.enableAliasing(true);
    try {
      return Block.parseFrom(in);
    } catch (IOException e) {
      throw new LedgerException("a stored block does not parse: " + e.getMessage(), e);
    }
  }

  /** What the index wants to know of a stored block. */
  static BlockPayload of(byte[] payload, Block block) {
    BlockPayload again =
        of(block.getHeader(), block.getData().getDataList(), block.getMetadata().getMetadataList());
    return new BlockPayload(payload, again.transactions());
  }

  static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  private static int itemsSize(List<ByteString> items) {
    int size = 0;
    for (ByteString item : items) {
      size += CodedOutputStream.computeBytesSize(ITEM_FIELD, item);
    }
    return size;
  }

  private static int nestedSize(int field, int bytes) {
    return CodedOutputStream.computeTagSize(field)
        + CodedOutputStream.computeUInt32SizeNoTag(bytes)
        + bytes;
  }

  private static void openNested(CodedOutputStream out, int field, int bytes) throws IOException {
    out.writeTag(field, 2 /* length-delimited */);
    out.writeUInt32NoTag(bytes);
  }
}
