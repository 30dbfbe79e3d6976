package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import org.blockraft.ledger.PrivateDataKey;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;
import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;

/** A transaction of the simulation. */
record ToyTransaction(Kind kind, int id) {
  static final int BYTES = 1 + Integer.BYTES;
  private static final String NAMESPACE = "cc";
  private static final String COLLECTION = "secrets";

  enum Kind {
    PUBLIC,
    /** Has a private write set. */
    PRIVATE,
    /** Changes the channel's configuration, on which flags depend from the next block on. */
    CONFIG
  }

  ByteString bytes() {
    return ByteString.copyFrom(
        ByteBuffer.allocate(BYTES).put((byte) kind.ordinal()).putInt(id).flip());
  }

  static ToyTransaction parse(ByteBuffer bytes) {
    return new ToyTransaction(Kind.values()[bytes.get()], bytes.getInt());
  }

  String txId() {
    return "tx" + id;
  }

  PrivateDataKey key(long block, int position) {
    return new PrivateDataKey(block, position, txId(), NAMESPACE, COLLECTION);
  }

  static ByteString secret(String txId) {
    return ByteString.copyFromUtf8("secret of " + txId);
  }

  TxPvtReadWriteSet writeSet() {
    return TxPvtReadWriteSet.newBuilder()
        .addNsPvtRwset(
            NsPvtReadWriteSet.newBuilder()
                .setNamespace(NAMESPACE)
                .addCollectionPvtRwset(
                    CollectionPvtReadWriteSet.newBuilder()
                        .setCollectionName(COLLECTION)
                        .setRwset(secret(txId()))))
        .build();
  }

  TxPvtReadWriteSetWithConfigInfo endorsedWriteSet() {
    return TxPvtReadWriteSetWithConfigInfo.newBuilder().setPvtRwset(writeSet()).build();
  }

  boolean isSecret(ByteString found) {
    return secret(txId()).equals(found);
  }
}
