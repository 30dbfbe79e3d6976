package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;

/**
 * A transaction's read-write set, parsed once; its lists keep the received order. Immutable.
 *
 * <p>Arrays inside are shared, not copied: nobody may write to them.
 *
 * <p>Fabric: core/ledger/kvledger/txmgmt/rwsetutil/rwset_proto_util.go TxRwSet.
 */
public record ReadWriteSet(List<NamespaceReadWrites> namespaces) {

  /**
   * Parses a serialized {@code TxReadWriteSet} to its leaves.
   *
   * @throws MalformedMessageException if any part is malformed
   */
  public static ReadWriteSet parse(ByteString serialized) {
    return parse(serialized.toByteArray(), 0, serialized.size());
  }

  static ReadWriteSet parse(byte[] bytes, int from, int to) {
    WireReader reader = new WireReader(bytes, from, to);
    List<NamespaceReadWrites> namespaces = new ArrayList<>(2);
    while (reader.next()) {
      switch (reader.field(WireReader.BYTES)) {
        case 2 -> namespaces.add(namespace(bytes, reader.message()));
        default -> reader.skip();
      }
    }
    return new ReadWriteSet(namespaces);
  }

  /** The hash of a collection's private write set as endorsed; empty if there is none. */
  public byte[] privateHash(String namespace, String collection) {
    for (NamespaceReadWrites candidate : namespaces) {
      if (!candidate.namespace().equals(namespace)) {
        continue;
      }
      for (CollectionReadWrites hashed : candidate.collections()) {
        if (hashed.collection().equals(collection)) {
          return hashed.privateHash();
        }
      }
    }
    return NOTHING;
  }

  /** Whether any collection has a private write set. */
  public boolean hasPrivateWrites() {
    for (NamespaceReadWrites namespace : namespaces) {
      for (CollectionReadWrites collection : namespace.collections()) {
        if (collection.privateHash().length > 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** A set that writes one public key, as a configuration transaction does. */
  public static ReadWriteSet ofWrite(String namespace, byte[] key, byte[] value) {
    KeyReadWrites writes =
        new KeyReadWrites(
            List.of(),
            List.of(),
            List.of(new KeyReadWrites.KeyWrite(key, value.length == 0, value, false)),
            List.of());
    return new ReadWriteSet(List.of(new NamespaceReadWrites(namespace, writes, List.of())));
  }

  static final byte[] NOTHING = new byte[0];

  private static NamespaceReadWrites namespace(byte[] bytes, WireReader reader) {
    String namespace = "";
    int from = 0;
    int to = 0;
    List<CollectionReadWrites> collections = List.of();
    while (reader.next()) {
      switch (reader.field(WireReader.BYTES)) {
        case 1 -> namespace = reader.string();
        case 2 -> {
          reader.extent();
          from = reader.from();
          to = reader.to();
        }
        case 3 -> {
          if (collections.isEmpty()) {
            collections = new ArrayList<>(2);
          }
          collections.add(collection(bytes, reader.message()));
        }
        default -> reader.skip();
      }
    }
    KeyReadWrites keys = KeyReadWrites.parsePlain(new WireReader(bytes, from, to));
    return new NamespaceReadWrites(namespace, keys, collections);
  }

  private static CollectionReadWrites collection(byte[] bytes, WireReader reader) {
    String collection = "";
    int from = 0;
    int to = 0;
    byte[] privateHash = NOTHING;
    while (reader.next()) {
      switch (reader.field(WireReader.BYTES)) {
        case 1 -> collection = reader.string();
        case 2 -> {
          reader.extent();
          from = reader.from();
          to = reader.to();
        }
        case 3 -> privateHash = reader.bytes();
        default -> reader.skip();
      }
    }
    KeyReadWrites keys = KeyReadWrites.parseHashed(new WireReader(bytes, from, to));
    return new CollectionReadWrites(collection, keys, privateHash);
  }

  /** What a transaction did to one namespace. */
  public record NamespaceReadWrites(
      String namespace, KeyReadWrites keys, List<CollectionReadWrites> collections) {

    /** Whether anything is written: keys, metadata, or either of them in a collection. */
    public boolean writes() {
      if (keys.writesAnything()) {
        return true;
      }
      for (CollectionReadWrites collection : collections) {
        if (collection.keys().writesAnything()) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * What a transaction did to one collection, by hashes of keys and values.
   *
   * @param privateHash SHA-256 of the private write set; empty if there is none
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record CollectionReadWrites(String collection, KeyReadWrites keys, byte[] privateHash) {}
}
