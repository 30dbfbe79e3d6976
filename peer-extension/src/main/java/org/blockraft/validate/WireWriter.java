package org.blockraft.validate;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes protobuf wire format as Go's runtime does: default values are left out. */
final class WireWriter {

  private final ByteArrayOutputStream out;

  WireWriter(ByteArrayOutputStream out) {
    this.out = out;
  }

  void string(int field, String value) {
    bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  void bytes(int field, byte[] value) {
    if (value.length > 0) {
      message(field, value);
    }
  }

  /** An embedded message, written even if empty. */
  void message(int field, byte[] serialized) {
    varint(((long) field << 3) | WireReader.BYTES);
    varint(serialized.length);
    out.writeBytes(serialized);
  }

  void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
