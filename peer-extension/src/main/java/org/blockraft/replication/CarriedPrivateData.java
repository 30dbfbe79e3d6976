package org.blockraft.replication;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.blockraft.cluster.wire.StoredPrivate;
import org.blockraft.ledger.LedgerException;
import org.blockraft.ledger.PrivateDataKey;
import org.blockraft.ledger.PrivateDataSource;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;

/** The private write sets that came with a block, before those that others may have. */
final class CarriedPrivateData implements PrivateDataSource {
  private final Map<Integer, TxPvtReadWriteSet> byTransaction = new HashMap<>();
  private final PrivateDataSource next;
  private boolean used;

  CarriedPrivateData(List<StoredPrivate> carried, PrivateDataSource next) {
    this.next = next;
    try {
      for (StoredPrivate set : carried) {
        byTransaction.put(set.getTx(), TxPvtReadWriteSet.parseFrom(set.getWriteSet()));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new LedgerException("private data from another node does not parse", e);
    }
  }

  @Override
  public Optional<Pulled> pull(List<Wanted> wanted) {
    if (used) {
      return next.pull(wanted);
    }
    used = true;
    Map<PrivateDataKey, ByteString> found = new HashMap<>();
    for (Wanted want : wanted) {
      Optional<ByteString> carried = find(want.key());
      carried.ifPresent(writes -> found.put(want.key(), writes));
    }
    return Optional.of(new Pulled(found, Set.of()));
  }

  private Optional<ByteString> find(PrivateDataKey key) {
    TxPvtReadWriteSet set =
        byTransaction.getOrDefault(key.tx(), TxPvtReadWriteSet.getDefaultInstance());
    for (NsPvtReadWriteSet namespace : set.getNsPvtRwsetList()) {
      for (CollectionPvtReadWriteSet collection : namespace.getCollectionPvtRwsetList()) {
        if (namespace.getNamespace().equals(key.namespace())
            && collection.getCollectionName().equals(key.collection())) {
          return Optional.of(collection.getRwset());
        }
      }
    }
    return Optional.empty();
  }
}
