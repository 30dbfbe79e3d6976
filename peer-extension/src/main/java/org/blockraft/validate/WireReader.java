package org.blockraft.validate;

import com.google.common.base.Utf8;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads protobuf wire format in place and accepts exactly what Go's runtime accepts, because
 * whether a transaction parses is part of what all peers must agree on: field numbers beyond 29
 * bits, varints beyond 64 bits and stray group ends are refused, a known field with another wire
 * type is skipped like an unknown one.
 *
 * <p>Not thread-safe. Call {@link #next} and then exactly one of the reading methods.
 */
final class WireReader {

  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int START_GROUP = 3;
  static final int END_GROUP = 4;
  static final int FIXED32 = 5;

  private static final int FIELD_NUMBER_MAX = (1 << 29) - 1;

  /** Nesting of unknown groups that Go's runtime follows. */
  private static final int GROUP_DEPTH_MAX = 10_000;

  private final byte[] bytes;
  private final int end;
  private int position;
  private int tagPosition;
  private int field;
  private int wireType;
  private int from;
  private int to;

  WireReader(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.position = from;
    this.end = to;
  }

  WireReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /** Moves to the next field; false at the end of the message. */
  boolean next() {
    if (position == end) {
      return false;
    }
    tagPosition = position;
    long tag = rawVarint();
    long number = tag >>> 3;
    if (number < 1 || number > FIELD_NUMBER_MAX) {
      throw malformed();
    }
    field = (int) number;
    wireType = (int) tag & 7;
    if (wireType == END_GROUP) {
      throw malformed();
    }
    return true;
  }

  /** The current field's number if it has the expected wire type, else 0 (an unknown field). */
  int field(int expectedWireType) {
    return wireType == expectedWireType ? field : 0;
  }

  /**
   * Whether the current field is an embedded message by its number, but not by its wire type. A
   * stock peer of version 2.5 takes such a field for an empty message, one of 3.1 for an unknown
   * field. Only crafted transactions have any; this peer does as 2.5 does.
   */
  boolean isMistypedMessage(int number) {
    return field == number && wireType != BYTES;
  }

  int wireType() {
    return wireType;
  }

  int number() {
    return field;
  }

  long varint() {
    return rawVarint();
  }

  boolean bool() {
    return rawVarint() != 0;
  }

  /** Reads the extent of a length-delimited field into {@link #from} and {@link #to}. */
  void extent() {
    long length = rawVarint();
    if (length < 0 || length > end - position) {
      throw malformed();
    }
    from = position;
    to = position + (int) length;
    position = to;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  /** A reader of the embedded message in the current field. */
  WireReader message() {
    extent();
    return new WireReader(bytes, from, to);
  }

  /** The current field's bytes, copied. */
  byte[] bytes() {
    extent();
    return Arrays.copyOfRange(bytes, from, to);
  }

  /** The current field's bytes, shared with the message. */
  ByteString shared() {
    extent();
    return from == to ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(bytes, from, to - from);
  }

  /** The current field's bytes, copied; they must be valid UTF-8. */
  byte[] utf8() {
    extent();
    if (!Utf8.isWellFormed(bytes, from, to - from)) {
      throw malformed();
    }
    return Arrays.copyOfRange(bytes, from, to);
  }

  String string() {
    extent();
    if (!Utf8.isWellFormed(bytes, from, to - from)) {
      throw malformed();
    }
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /** Passes over the current field's value. */
  void skip() {
    if (wireType == START_GROUP) {
      skipGroup(field);
    } else {
      skipPlain(wireType);
    }
  }

  /** Passes over the current field and returns it whole, tag included. */
  byte[] skipped() {
    int start = tagPosition;
    skip();
    return Arrays.copyOfRange(bytes, start, position);
  }

  private void skipPlain(int type) {
    switch (type) {
      case VARINT -> rawVarint();
      case FIXED64 -> advance(Long.BYTES);
      case FIXED32 -> advance(Integer.BYTES);
      case BYTES -> extent();
      default -> throw malformed();
    }
  }

  private void skipGroup(int number) {
    int[] open = new int[8];
    int depth = 0;
    open[depth++] = number;
    while (depth > 0) {
      long tag = rawVarint();
      long inner = tag >>> 3;
      // Inside a group Go checks a wider bound than at the top of a message.
      if (inner < 1 || inner > Integer.MAX_VALUE) {
        throw malformed();
      }
      int type = (int) tag & 7;
      if (type == END_GROUP) {
        if (open[--depth] != inner) {
          throw malformed();
        }
      } else if (type == START_GROUP) {
        if (depth > GROUP_DEPTH_MAX) {
          throw malformed();
        }
        if (depth == open.length) {
          open = Arrays.copyOf(open, depth * 2);
        }
        open[depth++] = (int) inner;
      } else {
        skipPlain(type);
      }
    }
  }

  private void advance(int count) {
    if (count > end - position) {
      throw malformed();
    }
    position += count;
  }

  private long rawVarint() {
    if (position < end && bytes[position] >= 0) {
      return bytes[position++];
    }
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (position == end) {
        throw malformed();
      }
      byte b = bytes[position++];
      if (shift == 63 && (b & 0xff) > 1) {
        throw malformed();
      }
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw malformed();
  }

  static MalformedMessageException malformed() {
    return new MalformedMessageException("cannot parse invalid wire-format data");
  }
}
