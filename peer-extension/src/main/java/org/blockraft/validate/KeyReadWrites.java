package org.blockraft.validate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.blockraft.state.Version;

/**
 * Reads and writes of keys, plain ({@code KVRWSet}) or hashed ({@code HashedRWSet}); for the hashed
 * kind the keys and values are hashes and there are no ranges. Immutable; arrays are shared.
 *
 * <p>Fabric: ledger/rwset/kvrwset/kv_rwset.proto, rwsetutil/rwset_proto_util.go IsKVWriteDelete.
 */
public record KeyReadWrites(
    List<KeyRead> reads,
    List<RangeRead> ranges,
    List<KeyWrite> writes,
    List<MetadataWrite> metadataWrites) {

  private static final byte[] HASH_OF_NOTHING =
      HexFormat.of().parseHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

  /** A read key and the version found; null means the key did not exist. */
  @SuppressWarnings("ArrayRecordComponent")
  public record KeyRead(byte[] key, Version version) {}

  /**
   * A write.
   *
   * @param delete whether it takes effect as a delete, which an empty value does too
   * @param purge whether it also wipes the history of a private key
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record KeyWrite(byte[] key, boolean delete, byte[] value, boolean purge) {}

  /**
   * A range query: what it returned, either read by read or as a Merkle summary.
   *
   * @param end exclusive if the range was exhausted, otherwise the last key read
   * @param rawReads empty if there is a summary
   * @param summary null if there are raw reads or none
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record RangeRead(
      byte[] start, byte[] end, boolean exhausted, List<KeyRead> rawReads, MerkleSummary summary) {}

  /** {@code QueryReadsMerkleSummary}; the numbers are unsigned 32 bit. */
  public record MerkleSummary(int degreeMax, int levelMax, List<byte[]> hashes) {}

  /** Whether there is a write of a key or of metadata. */
  public boolean writesAnything() {
    return !writes.isEmpty() || !metadataWrites.isEmpty();
  }

  /**
   * Parses a serialized {@code KVRWSet}.
   *
   * @throws MalformedMessageException if it is malformed
   */
  public static KeyReadWrites parsePlain(byte[] serialized) {
    return parsePlain(new WireReader(serialized));
  }

  static KeyReadWrites parsePlain(WireReader reader) {
    List<KeyRead> reads = List.of();
    List<RangeRead> ranges = List.of();
    List<KeyWrite> writes = List.of();
    List<MetadataWrite> metadata = List.of();
    while (reader.next()) {
      switch (reader.field(WireReader.BYTES)) {
        case 1 -> reads = added(reads, read(reader.message(), true));
        case 2 -> ranges = added(ranges, range(reader.message()));
        case 3 -> writes = added(writes, plainWrite(reader.message()));
        case 4 -> metadata = added(metadata, MetadataWrite.parse(reader.message(), true));
        default -> reader.skip();
      }
    }
    return new KeyReadWrites(reads, ranges, writes, metadata);
  }

  static KeyReadWrites parseHashed(WireReader reader) {
    List<KeyRead> reads = List.of();
    List<KeyWrite> writes = List.of();
    List<MetadataWrite> metadata = List.of();
    while (reader.next()) {
      switch (reader.field(WireReader.BYTES)) {
        case 1 -> reads = added(reads, read(reader.message(), false));
        case 2 -> writes = added(writes, hashedWrite(reader.message()));
        case 3 -> metadata = added(metadata, MetadataWrite.parse(reader.message(), false));
        default -> reader.skip();
      }
    }
    return new KeyReadWrites(reads, List.of(), writes, metadata);
  }

  private static <T> List<T> added(List<T> list, T element) {
    List<T> target = list.isEmpty() ? new ArrayList<>(4) : list;
    target.add(element);
    return target;
  }

  private static KeyRead read(WireReader reader, boolean plain) {
    byte[] key = ReadWriteSet.NOTHING;
    boolean found = false;
    long[] numbers = new long[2];
    while (reader.next()) {
      found |= reader.isMistypedMessage(2);
      switch (reader.field(WireReader.BYTES)) {
        case 1 -> key = plain ? reader.utf8() : reader.bytes();
        case 2 -> {
          found = true;
          version(reader.message(), numbers);
        }
        default -> reader.skip();
      }
    }
    return new KeyRead(key, found ? new Version(numbers[0], numbers[1]) : null);
  }

  private static void version(WireReader reader, long[] numbers) {
    while (reader.next()) {
      switch (reader.field(WireReader.VARINT)) {
        case 1 -> numbers[0] = reader.varint();
        case 2 -> numbers[1] = reader.varint();
        default -> reader.skip();
      }
    }
  }

  private static KeyWrite plainWrite(WireReader reader) {
    byte[] key = ReadWriteSet.NOTHING;
    byte[] value = ReadWriteSet.NOTHING;
    boolean delete = false;
    while (reader.next()) {
      if (reader.field(WireReader.VARINT) == 2) {
        delete = reader.bool();
        continue;
      }
      switch (reader.field(WireReader.BYTES)) {
        case 1 -> key = reader.utf8();
        case 3 -> value = reader.bytes();
        default -> reader.skip();
      }
    }
    return new KeyWrite(key, delete || value.length == 0, value, false);
  }

  private static KeyWrite hashedWrite(WireReader reader) {
    byte[] key = ReadWriteSet.NOTHING;
    byte[] value = ReadWriteSet.NOTHING;
    boolean delete = false;
    boolean purge = false;
    while (reader.next()) {
      if (reader.wireType() == WireReader.VARINT) {
        switch (reader.number()) {
          case 2 -> delete = reader.bool();
          case 4 -> purge = reader.bool();
          default -> reader.skip();
        }
        continue;
      }
      switch (reader.field(WireReader.BYTES)) {
        case 1 -> key = reader.bytes();
        case 3 -> value = reader.bytes();
        default -> reader.skip();
      }
    }
    boolean effective = delete || value.length == 0 || Arrays.equals(value, HASH_OF_NOTHING);
    return new KeyWrite(key, effective, value, purge);
  }

  private static RangeRead range(WireReader reader) {
    byte[] start = ReadWriteSet.NOTHING;
    byte[] end = ReadWriteSet.NOTHING;
    boolean exhausted = false;
    List<KeyRead> raw = null;
    SummaryBuilder summary = null;
    while (reader.next()) {
      if (reader.field(WireReader.VARINT) == 3) {
        exhausted = reader.bool();
        continue;
      }
      switch (reader.field(WireReader.BYTES)) {
        case 1 -> start = reader.utf8();
        case 2 -> end = reader.utf8();
        case 4 -> {
          // Either of the two replaces the other; the same one again is merged.
          summary = null;
          raw = raw == null ? new ArrayList<>() : raw;
          rawReads(reader.message(), raw);
        }
        case 5 -> {
          raw = null;
          summary = summary == null ? new SummaryBuilder() : summary;
          summary.merge(reader.message());
        }
        default -> reader.skip();
      }
    }
    return new RangeRead(
        start,
        end,
        exhausted,
        raw == null ? List.of() : raw,
        summary == null ? null : summary.build());
  }

  private static void rawReads(WireReader reader, List<KeyRead> into) {
    while (reader.next()) {
      switch (reader.field(WireReader.BYTES)) {
        case 1 -> into.add(read(reader.message(), true));
        default -> reader.skip();
      }
    }
  }

  private static final class SummaryBuilder {
    private int degreeMax;
    private int levelMax;
    private final List<byte[]> hashes = new ArrayList<>();

    void merge(WireReader reader) {
      while (reader.next()) {
        if (reader.field(WireReader.BYTES) == 3) {
          hashes.add(reader.bytes());
          continue;
        }
        switch (reader.field(WireReader.VARINT)) {
          case 1 -> degreeMax = (int) reader.varint();
          case 2 -> levelMax = (int) reader.varint();
          default -> reader.skip();
        }
      }
    }

    MerkleSummary build() {
      return new MerkleSummary(degreeMax, levelMax, hashes);
    }
  }
}
