package org.blockraft.ledger;

import java.nio.ByteBuffer;

/**
 * Where a block's record lies in the block files, and where in its payload each envelope lies.
 *
 * @param segment number of the block file
 * @param offset of the record's header in the file
 * @param length of the payload behind the header
 * @param transactions {@link #SLOT_INTS} numbers for each envelope: offset in the payload, length,
 *     CRC32C
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares locations
record BlockLocation(int segment, long offset, int length, int[] transactions) {
  static final int SLOT_INTS = 3;
  private static final int FIXED_BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES;

  long end() {
    return offset + BlockFile.HEADER_BYTES + length;
  }

  int transactionCount() {
    return transactions.length / SLOT_INTS;
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + transactions.length * Integer.BYTES);
    out.putInt(segment).putLong(offset).putInt(length);
    for (int number : transactions) {
      out.putInt(number);
    }
    return out.array();
  }

  static BlockLocation decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int segment = in.getInt();
    long offset = in.getLong();
    int length = in.getInt();
    int[] transactions = new int[in.remaining() / Integer.BYTES];
    in.asIntBuffer().get(transactions);
    return new BlockLocation(segment, offset, length, transactions);
  }
}
