package org.blockraft.replication;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
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
    Map<PrivateDataKey, ByteString> found = new HashMap<>();
    List<Wanted> rest = new ArrayList<>();
    for (Wanted want : wanted) {
      find(want.key()).ifPresentOrElse(w -> found.put(want.key(), w), () -> rest.add(want));
    }
    Optional<Pulled> others = rest.isEmpty() ? Optional.empty() : next.pull(rest);
    if (found.isEmpty()) {
      return others;
    }
    others.ifPresent(pulled -> found.putAll(pulled.writeSets()));
    return Optional.of(new Pulled(found, others.map(Pulled::purged).orElse(Set.of())));
  }

  @Override
  public Duration patience() {
    return next.patience();
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
