package org.blockraft.validate;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A write of a key's metadata. Immutable; arrays are shared.
 *
 * <p>Fabric: kvrwset.KVMetadataWrite, core/ledger/kvledger/txmgmt/statemetadata.
 *
 * @param key the key, or its hash in a collection
 * @param entries in the received order; none means that the metadata is deleted
 */
@SuppressWarnings("ArrayRecordComponent")
public record MetadataWrite(byte[] key, List<Entry> entries) {

  /** The entry that holds a key's own endorsement policy. */
  public static final String VALIDATION_PARAMETER = "VALIDATION_PARAMETER";

  /**
   * One named value.
   *
   * @param unknown fields unknown to this version, which Fabric keeps when it stores the entry
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Entry(String name, byte[] value, byte[] unknown) {}

  /** The metadata as the state database holds it: a {@code KVMetadataWrite} without its key. */
  public byte[] serializedEntries() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    WireWriter writer = new WireWriter(out);
    for (Entry entry : entries) {
      ByteArrayOutputStream inner = new ByteArrayOutputStream();
      WireWriter fields = new WireWriter(inner);
      fields.string(1, entry.name());
      fields.bytes(2, entry.value());
      inner.writeBytes(entry.unknown());
      writer.message(2, inner.toByteArray());
    }
    return out.toByteArray();
  }

  /**
   * The value of an entry of stored metadata; the last of several of that name, null if none.
   *
   * @throws MalformedMessageException if the bytes are not what {@link #serializedEntries} makes
   */
  public static byte[] entryOf(byte[] stored, String name) {
    byte[] found = null;
    for (Entry entry : parse(new WireReader(stored), true).entries()) {
      if (entry.name().equals(name)) {
        found = entry.value();
      }
    }
    return found;
  }

  static MetadataWrite parse(WireReader reader, boolean plainKey) {
    byte[] key = ReadWriteSet.NOTHING;
    List<Entry> entries = List.of();
    while (reader.next()) {
      switch (reader.field(WireReader.BYTES)) {
        case 1 -> key = plainKey ? reader.utf8() : reader.bytes();
        case 2 -> {
          entries = entries.isEmpty() ? new ArrayList<>(2) : entries;
          entries.add(entry(reader.message()));
        }
        default -> reader.skip();
      }
    }
    return new MetadataWrite(key, entries);
  }

  private static Entry entry(WireReader reader) {
    String name = "";
    byte[] value = ReadWriteSet.NOTHING;
    byte[] unknown = ReadWriteSet.NOTHING;
    while (reader.next()) {
      switch (reader.field(WireReader.BYTES)) {
        case 1 -> name = reader.string();
        case 2 -> value = reader.bytes();
        default -> {
          byte[] field = reader.skipped();
          int length = unknown.length;
          unknown = Arrays.copyOf(unknown, length + field.length);
          System.arraycopy(field, 0, unknown, length, field.length);
        }
      }
    }
    return new Entry(name, value, unknown);
  }
}
