package org.blockraft.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Rows of the state family. Key: namespace, 0x00, key bytes; a namespace has no 0x00, so any key
 * bytes are possible and rows stand in order of namespace, then key. Value: version, length of
 * metadata (order-preserving form), metadata, value.
 */
final class StateCodec {

  private static final byte SEPARATOR = 0;

  /** Stands behind every key of a namespace and before every longer namespace. */
  private static final byte AFTER_SEPARATOR = 1;

  private StateCodec() {}

  /** Everything of a row's key before the key bytes. */
  static byte[] prefix(String namespace) {
    byte[] name = namespace.getBytes(StandardCharsets.UTF_8);
    byte[] out = Arrays.copyOf(name, name.length + 1);
    out[name.length] = SEPARATOR;
    return out;
  }

  /** First row key behind the namespace of the prefix. */
  static byte[] end(byte[] prefix) {
    byte[] out = prefix.clone();
    out[out.length - 1] = AFTER_SEPARATOR;
    return out;
  }

  static byte[] rowKey(byte[] prefix, byte[] key) {
    byte[] out = Arrays.copyOf(prefix, prefix.length + key.length);
    System.arraycopy(key, 0, out, prefix.length, key.length);
    return out;
  }

  static byte[] rowKey(String namespace, byte[] key) {
    return rowKey(prefix(namespace), key);
  }

  /** Position of the separator in a row key. */
  static int separator(byte[] rowKey) {
    int at = 0;
    while (rowKey[at] != SEPARATOR) {
      at++;
    }
    return at;
  }

  static byte[] rowValue(VersionedValue value) {
    Version version = value.version();
    byte[] metadata = value.metadata();
    byte[] bytes = value.value();
    int head =
        OrderedLong.size(version.block())
            + OrderedLong.size(version.tx())
            + OrderedLong.size(metadata.length);
    byte[] out = new byte[head + metadata.length + bytes.length];
    int at = OrderedLong.write(version.block(), out, 0);
    at = OrderedLong.write(version.tx(), out, at);
    at = OrderedLong.write(metadata.length, out, at);
    System.arraycopy(metadata, 0, out, at, metadata.length);
    System.arraycopy(bytes, 0, out, at + metadata.length, bytes.length);
    return out;
  }

  /** Reads a row's value; null stays null. */
  static VersionedValue value(byte[] row) {
    if (row == null) {
      return null;
    }
    long block = OrderedLong.read(row, 0);
    int at = OrderedLong.size(block);
    long tx = OrderedLong.read(row, at);
    at += OrderedLong.size(tx);
    long metadataLength = OrderedLong.read(row, at);
    at += OrderedLong.size(metadataLength);
    if (metadataLength < 0 || metadataLength > row.length - at) {
      throw new StateException("corrupt row in the state");
    }
    int valueAt = at + (int) metadataLength;
    byte[] metadata =
        metadataLength == 0 ? VersionedValue.NO_METADATA : Arrays.copyOfRange(row, at, valueAt);
    return new VersionedValue(
        Arrays.copyOfRange(row, valueAt, row.length), metadata, new Version(block, tx));
  }
}
