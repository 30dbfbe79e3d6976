package org.blockraft.state;

/**
 * Order-preserving variable-length form of an unsigned 64-bit number: one byte with the count of
 * significant bytes (0 to 8), then those bytes, most significant first. See Fabric's {@code
 * common/ledger/util/util.go}.
 */
public final class OrderedLong {

  /** Longest form: the count and eight bytes. */
  public static final int SIZE_MAX = 9;

  private OrderedLong() {}

  /** Number of bytes that {@link #write} uses for the value. */
  public static int size(long value) {
    return 1 + significant(value);
  }

  /** Returns the form of one value. */
  public static byte[] encode(long value) {
    byte[] out = new byte[size(value)];
    write(value, out, 0);
    return out;
  }

  /** Writes the value at the offset and returns the offset behind it. */
  public static int write(long value, byte[] out, int offset) {
    int count = significant(value);
    out[offset] = (byte) count;
    for (int i = count; i > 0; i--) {
      out[offset + 1 + count - i] = (byte) (value >>> (8 * (i - 1)));
    }
    return offset + 1 + count;
  }

  /**
   * Reads the value at the offset.
   *
   * @throws StateException if there is no such form there
   */
  public static long read(byte[] in, int offset) {
    if (offset >= in.length) {
      throw new StateException("number of consumed bytes from DecodeVarint is invalid");
    }
    int count = in[offset];
    if (count < 0 || count > Long.BYTES) {
      throw new StateException(
          "decoded size from DecodeVarint is invalid, expected <=8, but got " + (count & 0xff));
    }
    if (count > in.length - offset - 1) {
      throw new StateException(
          "decoded size ("
              + count
              + ") from DecodeVarint is more than available bytes ("
              + (in.length - offset - 1)
              + ")");
    }
    long value = 0;
    for (int i = 1; i <= count; i++) {
      value = (value << 8) | (in[offset + i] & 0xff);
    }
    return value;
  }

  private static int significant(long value) {
    return Long.BYTES - Long.numberOfLeadingZeros(value) / Byte.SIZE;
  }
}
