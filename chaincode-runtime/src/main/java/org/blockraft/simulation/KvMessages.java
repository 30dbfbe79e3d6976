package org.blockraft.simulation;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.Map;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataWrite;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataWriteHash;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRead;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVReadHash;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVWrite;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVWriteHash;

/** Entries of read-write sets. A null version is left out, since (0, 0) is a version too. */
final class KvMessages {

  private KvMessages() {}

  static KVRead read(String key, Version version) {
    KVRead.Builder read = KVRead.newBuilder().setKey(key);
    if (version != null) {
      read.setVersion(message(version));
    }
    return read.build();
  }

  static KVReadHash hashedRead(String key, Version version) {
    KVReadHash.Builder read = KVReadHash.newBuilder().setKeyHash(hash(key));
    if (version != null) {
      read.setVersion(message(version));
    }
    return read.build();
  }

  static KVWrite write(String key, PendingWrite write) {
    KVWrite.Builder message = KVWrite.newBuilder().setKey(key);
    return write.isDelete()
        ? message.setIsDelete(true).build()
        : message.setValue(UnsafeByteOperations.unsafeWrap(write.value())).build();
  }

  static KVWriteHash hashedWrite(String key, PendingWrite write) {
    KVWriteHash.Builder message =
        KVWriteHash.newBuilder().setKeyHash(hash(key)).setIsPurge(write.isPurge());
    return write.isDelete()
        ? message.setIsDelete(true).build()
        : message.setValueHash(UnsafeByteOperations.unsafeWrap(Sha256.of(write.value()))).build();
  }

  static KVMetadataWrite metadataWrite(String key, Map<String, byte[]> metadata) {
    return KVMetadataWrite.newBuilder()
        .setKey(key)
        .addAllEntries(StateMetadata.entries(metadata))
        .build();
  }

  static KVMetadataWriteHash hashedMetadataWrite(String key, Map<String, byte[]> metadata) {
    return KVMetadataWriteHash.newBuilder()
        .setKeyHash(hash(key))
        .addAllEntries(StateMetadata.entries(metadata))
        .build();
  }

  private static ByteString hash(String key) {
    return UnsafeByteOperations.unsafeWrap(Sha256.of(key));
  }

  private static org.hyperledger.fabric.protos.ledger.rwset.kvrwset.Version message(
      Version version) {
    return org.hyperledger.fabric.protos.ledger.rwset.kvrwset.Version.newBuilder()
        .setBlockNum(version.block())
        .setTxNum(version.tx())
        .build();
  }
}
