package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A block as the simulation's ordering service makes it.
 *
 * @param previous hash of the block before
 */
record ToyBlock(long number, long previous, ByteString payload) {
  private static final int HEADER_BYTES = 2 * Long.BYTES;
  private static final byte INVALID = 11;

  /**
   * What follows from a block and the state before it is the same wherever it is computed.
   *
   * @param config number of configurations so far
   */
  record Stored(ToyBlock block, ByteString flags, long state, long config) {
    private static final int TRAILER_BYTES = 2 * Long.BYTES;

    ByteString bytes() {
      return block.body().concat(flags).concat(longBytes(state)).concat(longBytes(config));
    }

    static Stored parse(ByteString bytes) {
      int transactions = (bytes.size() - HEADER_BYTES - TRAILER_BYTES) / (ToyTransaction.BYTES + 1);
      int flags = HEADER_BYTES + transactions * ToyTransaction.BYTES;
      ByteBuffer trailer = bytes.substring(flags + transactions).asReadOnlyByteBuffer();
      return new Stored(
          ToyBlock.parse(bytes.substring(0, flags)),
          bytes.substring(flags, flags + transactions),
          trailer.getLong(),
          trailer.getLong());
    }

    /** Positions of the valid transactions that have private write sets. */
    List<Integer> privates() {
      List<ToyTransaction> transactions = block.transactions();
      List<Integer> positions = new ArrayList<>();
      for (int i = 0; i < transactions.size(); i++) {
        if (flags.byteAt(i) == 0 && transactions.get(i).kind() == ToyTransaction.Kind.PRIVATE) {
          positions.add(i);
        }
      }
      return positions;
    }
  }

  static ToyBlock of(long number, long previous, List<ToyTransaction> transactions) {
    return new ToyBlock(
        number, previous, ByteString.copyFrom(transactions.stream().map(t -> t.bytes()).toList()));
  }

  static ToyBlock parse(ByteString body) {
    ByteBuffer buffer = body.asReadOnlyByteBuffer();
    return new ToyBlock(buffer.getLong(), buffer.getLong(), body.substring(HEADER_BYTES));
  }

  List<ToyTransaction> transactions() {
    List<ToyTransaction> transactions = new ArrayList<>();
    ByteBuffer bytes = payload.asReadOnlyByteBuffer();
    while (bytes.hasRemaining()) {
      transactions.add(ToyTransaction.parse(bytes));
    }
    return transactions;
  }

  ByteString body() {
    return longBytes(number).concat(longBytes(previous)).concat(payload);
  }

  long hash() {
    return mix(mix(number, previous), payload.hashCode());
  }

  /** A transaction is valid or not by what it is, and by state and configuration before. */
  ByteString flags(long stateBefore, long configBefore) {
    List<ToyTransaction> transactions = transactions();
    byte[] flags = new byte[transactions.size()];
    for (int i = 0; i < flags.length; i++) {
      ToyTransaction transaction = transactions.get(i);
      boolean bad = (mix(stateBefore + configBefore, transaction.id() + i) & 7) == 0;
      flags[i] = bad && transaction.kind() != ToyTransaction.Kind.CONFIG ? INVALID : 0;
    }
    return ByteString.copyFrom(flags);
  }

  Stored commit(long stateBefore, long configBefore, ByteString flags) {
    long configs =
        transactions().stream().filter(t -> t.kind() == ToyTransaction.Kind.CONFIG).count();
    return new Stored(
        this,
        flags,
        mix(mix(stateBefore + configBefore, hash()), flags.hashCode()),
        configBefore + configs);
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
