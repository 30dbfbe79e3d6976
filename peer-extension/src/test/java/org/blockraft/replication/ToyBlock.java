package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;

/**
 * A block as the simulation's ordering service makes it: one byte is one transaction.
 *
 * @param previous hash of the block before
 */
record ToyBlock(long number, long previous, ByteString payload) {
  private static final int HEADER_BYTES = 2 * Long.BYTES;

  /** What follows from a block and the state before it is the same wherever it is computed. */
  record Stored(ToyBlock block, ByteString flags, long state) {
    ByteString bytes() {
      return block.body().concat(flags).concat(longBytes(state));
    }

    static Stored parse(ByteString bytes) {
      int transactions = (bytes.size() - HEADER_BYTES - Long.BYTES) / 2;
      int flags = HEADER_BYTES + transactions;
      return new Stored(
          ToyBlock.parse(bytes.substring(0, flags)),
          bytes.substring(flags, flags + transactions),
          bytes.substring(flags + transactions).asReadOnlyByteBuffer().getLong());
    }
  }

  static ToyBlock parse(ByteString body) {
    ByteBuffer buffer = body.asReadOnlyByteBuffer();
    return new ToyBlock(buffer.getLong(), buffer.getLong(), body.substring(HEADER_BYTES));
  }

  ByteString body() {
    return longBytes(number).concat(longBytes(previous)).concat(payload);
  }

  long hash() {
    return mix(mix(number, previous), payload.hashCode());
  }

  /** A transaction is valid or not by what it is and by the state before the block. */
  ByteString flags(long stateBefore) {
    byte[] flags = new byte[payload.size()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = (byte) ((mix(stateBefore, payload.byteAt(i) + i) & 7) == 0 ? 11 : 0);
    }
    return ByteString.copyFrom(flags);
  }

  Stored commit(long stateBefore, ByteString flags) {
    return new Stored(this, flags, mix(mix(stateBefore, hash()), flags.hashCode()));
  }

  static ByteString longBytes(long value) {
    return ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(0, value));
  }

  private static long mix(long a, long b) {
    long z = a * 0x9E3779B97F4A7C15L + b;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
