package org.blockraft.identity;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Reads distinguished encoding rules (DER) front to back, refusing what Fabric's reader refuses:
 * long-form tags, lengths of more than four bytes or not minimal, integers not minimal.
 *
 * <p>Each read takes the text of the refusal. Owned by one thread.
 */
final class DerReader {
  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int UTC_TIME = 0x17;
  static final int GENERALIZED_TIME = 0x18;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;
  private static final int CONTEXT = 0x80;
  private static final int CONSTRUCTED = 0x20;

  private final byte[] data;
  private final int end;
  private int position;

  /** The tag of the element read last. */
  private int lastTag;

  DerReader(byte[] data) {
    this(data, 0, data.length);
  }

  private DerReader(byte[] data, int start, int end) {
    this.data = data;
    this.position = start;
    this.end = end;
  }

  static int context(int number) {
    return CONTEXT | number;
  }

  static int contextConstructed(int number) {
    return CONTEXT | CONSTRUCTED | number;
  }

  boolean isEmpty() {
    return position == end;
  }

  /** Whether the next element has this tag. */
  boolean peek(int tag) {
    return position < end && (data[position] & 0xff) == tag;
  }

  int lastTag() {
    return lastTag;
  }

  /** The bytes not read yet. */
  byte[] rest() {
    return Arrays.copyOfRange(data, position, end);
  }

  /** The contents of the next element, which must have this tag. */
  DerReader read(int tag, String refusal) {
    DerReader contents = readAny(refusal);
    if (lastTag != tag) {
      throw new IdentityException(refusal);
    }
    return contents;
  }

  /** The next element with its tag and length. */
  DerReader readElement(int tag, String refusal) {
    int start = position;
    read(tag, refusal);
    return new DerReader(data, start, position);
  }

  /** The contents of the next element if it has this tag, else null. */
  DerReader readOptional(int tag, String refusal) {
    return peek(tag) ? read(tag, refusal) : null;
  }

  /** The contents of the next element, whatever its tag is: see {@link #lastTag}. */
  DerReader readAny(String refusal) {
    if (end - position < 2) {
      throw new IdentityException(refusal);
    }
    int tag = data[position] & 0xff;
    if ((tag & 0x1f) == 0x1f) {
      throw new IdentityException(refusal);
    }
    int lengthByte = data[position + 1] & 0xff;
    int header = 2;
    long length = lengthByte;
    if ((lengthByte & 0x80) != 0) {
      int count = lengthByte & 0x7f;
      if (count == 0 || count > 4 || end - position < 2 + count) {
        throw new IdentityException(refusal);
      }
      length = 0;
      for (int i = 0; i < count; i++) {
        length = length << 8 | (data[position + 2 + i] & 0xff);
      }
      if (length < 128 || length >>> ((count - 1) * 8) == 0) {
        throw new IdentityException(refusal);
      }
      header += count;
    }
    if (length > end - position - header) {
      throw new IdentityException(refusal);
    }
    int start = position + header;
    position = start + (int) length;
    lastTag = tag;
    return new DerReader(data, start, position);
  }

  BigInteger readInteger(String refusal) {
    return readInteger(INTEGER, refusal);
  }

  BigInteger readInteger(int tag, String refusal) {
    byte[] bytes = read(tag, refusal).rest();
    if (bytes.length == 0
        || (bytes.length > 1
            && ((bytes[0] == 0 && bytes[1] >= 0) || (bytes[0] == (byte) 0xff && bytes[1] < 0)))) {
      throw new IdentityException(refusal);
    }
    return new BigInteger(bytes);
  }

  boolean readBoolean(String refusal) {
    byte[] bytes = read(BOOLEAN, refusal).rest();
    if (bytes.length != 1 || (bytes[0] != 0 && bytes[0] != (byte) 0xff)) {
      throw new IdentityException(refusal);
    }
    return bytes[0] != 0;
  }

  /** A bit string as a number of padding bits (first byte) followed by the bits, as encoded. */
  byte[] readBitString(String refusal) {
    byte[] bytes = read(BIT_STRING, refusal).rest();
    if (bytes.length == 0) {
      throw new IdentityException(refusal);
    }
    int padding = bytes[0];
    if (padding < 0
        || padding > 7
        || (bytes.length == 1 && padding != 0)
        || (bytes.length > 1 && (bytes[bytes.length - 1] & (1 << padding) - 1) != 0)) {
      throw new IdentityException(refusal);
    }
    return bytes;
  }

  /** A bit string shifted right so that its last bit is the lowest bit of the last byte. */
  byte[] readRightAlignedBits(String refusal) {
    byte[] bits = readBitString(refusal);
    int shift = bits[0];
    byte[] aligned = new byte[bits.length - 1];
    for (int i = 0; i < aligned.length; i++) {
      int high = i == 0 ? 0 : bits[i] & 0xff;
      aligned[i] = (byte) ((high << 8 | (bits[i + 1] & 0xff)) >>> shift);
    }
    return aligned;
  }

  /** An object identifier in dotted form. */
  String readOid(String refusal) {
    byte[] bytes = read(OBJECT_IDENTIFIER, refusal).rest();
    if (bytes.length == 0) {
      throw new IdentityException(refusal);
    }
    StringBuilder dotted = new StringBuilder();
    int at = 0;
    while (at < bytes.length) {
      long value = 0;
      int start = at;
      boolean last = false;
      while (!last) {
        if (at == bytes.length
            || at - start == 5
            || value >= 1L << 24
            || (at == start && bytes[at] == (byte) 0x80)) {
          throw new IdentityException(refusal);
        }
        value = value << 7 | (bytes[at] & 0x7f);
        last = bytes[at++] >= 0;
      }
      if (start == 0) {
        long first = Math.min(value / 40, 2);
        dotted.append(first).append('.').append(value - first * 40);
      } else {
        dotted.append('.').append(value);
      }
    }
    return dotted.toString();
  }
}
