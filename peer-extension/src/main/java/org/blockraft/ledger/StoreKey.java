package org.blockraft.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes and reads the parts of a key of the channel's store. Numbers keep their order; texts and
 * byte strings carry their length in front, so that no key is the beginning of another by accident.
 */
final class StoreKey {
  private static final int INITIAL_BYTES = 96;

  private ByteBuffer buffer;

  private StoreKey(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  /** Begins a key of one kind. */
  static StoreKey of(char kind) {
    return new StoreKey(ByteBuffer.allocate(INITIAL_BYTES)).octet(kind);
  }

  /** Reads a key behind its kind. */
  static StoreKey read(byte[] key) {
    return new StoreKey(ByteBuffer.wrap(key).position(1));
  }

  StoreKey octet(int value) {
    room(1).put((byte) value);
    return this;
  }

  StoreKey number(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  StoreKey index(int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  StoreKey text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  StoreKey bytes(byte[] value) {
    room(Integer.BYTES + value.length).putInt(value.length).put(value);
    return this;
  }

  /** A text without zero bytes, in its own order rather than by length first. */
  StoreKey name(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    room(bytes.length + 1).put(bytes).put((byte) 0);
    return this;
  }

  byte[] toBytes() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /** The first key behind all keys that begin with this one. */
  byte[] end() {
    byte[] key = toBytes();
    int last = key.length - 1;
    while (key[last] == (byte) 0xff) {
      last--;
    }
    key[last]++;
    return Arrays.copyOf(key, last + 1);
  }

  int octet() {
    return buffer.get() & 0xff;
  }

  long number() {
    return buffer.getLong();
  }

  int index() {
    return buffer.getInt();
  }

  String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  String name() {
    int from = buffer.position();
    int to = from;
    while (buffer.get(to) != 0) {
      to++;
    }
    buffer.position(to + 1);
    return new String(buffer.array(), from, to - from, StandardCharsets.UTF_8);
  }

  byte[] bytes() {
    byte[] value = new byte[buffer.getInt()];
    buffer.get(value);
    return value;
  }

  private ByteBuffer room(int wanted) {
    if (buffer.remaining() < wanted) {
      int capacity = Math.max(buffer.capacity() * 2, buffer.position() + wanted);
      buffer = ByteBuffer.allocate(capacity).put(buffer.flip());
    }
    return buffer;
  }
}
