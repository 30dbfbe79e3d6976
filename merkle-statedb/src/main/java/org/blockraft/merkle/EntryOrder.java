package org.blockraft.merkle;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The order of entries by their positions, as unsigned bytes, and questions about their bits. */
final class EntryOrder {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private EntryOrder() {}

  /** The 64 bits of a position from byte {@code offset} on. */
  private static long word(byte[] entries, int at) {
    return (long) LONGS.get(entries, at);
  }

  static int compare(byte[] a, int at, byte[] b, int bt) {
    for (int i = 0; i < TreeHasher.HASH_BYTES; i += Long.BYTES) {
      int order = Long.compareUnsigned(word(a, at + i), word(b, bt + i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /** The first bit in which two different positions differ. */
  static int firstDifference(byte[] a, int at, byte[] b, int bt) {
    for (int i = 0; i < TreeHasher.HASH_BYTES; i += Long.BYTES) {
      long difference = word(a, at + i) ^ word(b, bt + i);
      if (difference != 0) {
        return i * Byte.SIZE + Long.numberOfLeadingZeros(difference);
      }
    }
    throw new IllegalArgumentException("equal positions");
  }

  static boolean bit(byte[] position, int at, int bit) {
    return (position[at + (bit >>> 3)] & (0x80 >>> (bit & 7))) != 0;
  }

  /** The {@code count} bits from bit {@code first} on, as a number; at most 24 of them. */
  static int bits(byte[] position, int at, int first, int count) {
    if (count == 0) {
      return 0;
    }
    int from = Math.min(first >>> 3, TreeHasher.HASH_BYTES - Long.BYTES);
    long word = word(position, at + from);
    return (int) (word << (first - from * Byte.SIZE) >>> (Long.SIZE - count));
  }

  /** Whether a position begins with the first bits of a prefix. */
  static boolean begins(byte[] position, int at, byte[] prefix, int bits) {
    int bytes = bits >>> 3;
    if (!Arrays.equals(position, at, at + bytes, prefix, 0, bytes)) {
      return false;
    }
    int rest = bits & 7;
    return rest == 0 || ((position[at + bytes] ^ prefix[bytes]) & 0xFF) >>> (8 - rest) == 0;
  }

  /** The entries in order of position, in the same array or another one. */
  static byte[] sort(byte[] entries) {
    int count = entries.length / ChangeSet.ENTRY_BYTES;
    long[] heads = new long[count];
    Integer[] order = new Integer[count];
    boolean sorted = true;
    for (int i = 0; i < count; i++) {
      heads[i] = word(entries, i * ChangeSet.ENTRY_BYTES);
      order[i] = i;
      sorted &= i == 0 || Long.compareUnsigned(heads[i - 1], heads[i]) < 0;
    }
    if (sorted) {
      return entries;
    }
    Arrays.sort(
        order,
        (i, j) -> {
          int byHead = Long.compareUnsigned(heads[i], heads[j]);
          return byHead != 0
              ? byHead
              : compare(entries, i * ChangeSet.ENTRY_BYTES, entries, j * ChangeSet.ENTRY_BYTES);
        });
    byte[] out = new byte[entries.length];
    for (int i = 0; i < count; i++) {
      System.arraycopy(
          entries,
          order[i] * ChangeSet.ENTRY_BYTES,
          out,
          i * ChangeSet.ENTRY_BYTES,
          ChangeSet.ENTRY_BYTES);
    }
    return out;
  }
}
