package org.blockraft.simulation;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.blockraft.state.Utf8Order;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataEntry;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataWrite;

/**
 * Form of a key's metadata in the state. See Fabric's {@code
 * core/ledger/kvledger/txmgmt/statemetadata}.
 */
public final class StateMetadata {

  private StateMetadata() {}

  /** Bytes that stand in the state for the entries; empty for no entries. */
  public static byte[] serialize(Iterable<KVMetadataEntry> entries) {
    return KVMetadataWrite.newBuilder().addAllEntries(entries).build().toByteArray();
  }

  /**
   * Entries by name, in order of name; empty for empty bytes.
   *
   * @throws SimulationException if the bytes are not metadata
   */
  public static Map<String, byte[]> deserialize(byte[] metadata) {
    if (metadata.length == 0) {
      return Map.of();
    }
    try {
      Map<String, byte[]> entries = new TreeMap<>(Utf8Order.COMPARATOR);
      for (KVMetadataEntry entry : KVMetadataWrite.parseFrom(metadata).getEntriesList()) {
        entries.put(entry.getName(), entry.getValue().toByteArray());
      }
      return entries;
    } catch (InvalidProtocolBufferException failure) {
      throw new SimulationException("cannot read the metadata of a key", failure);
    }
  }

  /** Entries as Fabric writes them into a read-write set: in order of name. */
  static List<KVMetadataEntry> entries(Map<String, byte[]> metadata) {
    List<String> names = new ArrayList<>(metadata.keySet());
    names.sort(Utf8Order.COMPARATOR);
    List<KVMetadataEntry> entries = new ArrayList<>(names.size());
    for (String name : names) {
      byte[] value = metadata.get(name);
      entries.add(
          KVMetadataEntry.newBuilder()
              .setName(name)
              .setValue(value == null ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(value))
              .build());
    }
    return entries;
  }
}
