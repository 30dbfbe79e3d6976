package org.blockraft.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.blockraft.cluster.wire.StoredPrivate;
import org.blockraft.ledger.PrivateDataKey;
import org.blockraft.ledger.PrivateDataSource;
import org.blockraft.ledger.PrivateDataSource.Pulled;
import org.blockraft.ledger.PrivateDataSource.Wanted;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;
import org.junit.jupiter.api.Test;

class CarriedPrivateDataTest {
  private static final ByteString CARRIED = ByteString.copyFromUtf8("carried");
  private static final ByteString PULLED = ByteString.copyFromUtf8("pulled");

  @Test
  void asksOthersInTheSameAttemptForWhatDidNotCome() {
    List<Wanted> asked = new ArrayList<>();
    PrivateDataSource carried =
        new CarriedPrivateData(
            List.of(stored(0)),
            wanted -> {
              asked.addAll(wanted);
              return Optional.of(new Pulled(Map.of(wanted.getFirst().key(), PULLED), Set.of()));
            });
    assertEquals(
        Optional.of(
            new Pulled(Map.of(wanted(0).key(), CARRIED, wanted(1).key(), PULLED), Set.of())),
        carried.pull(List.of(wanted(0), wanted(1))));
    assertEquals(List.of(wanted(1)), asked);
  }

  @Test
  void endsWhenNobodyHasMore() {
    PrivateDataSource carried = new CarriedPrivateData(List.of(stored(0)), PrivateDataSource.NONE);
    assertEquals(Optional.empty(), carried.pull(List.of(wanted(1))));
  }

  private static Wanted wanted(int tx) {
    return new Wanted(new PrivateDataKey(7, tx, "t" + tx, "cc", "c"), List.of());
  }

  private static StoredPrivate stored(int tx) {
    return StoredPrivate.newBuilder()
        .setTx(tx)
        .setWriteSet(
            TxPvtReadWriteSet.newBuilder()
                .addNsPvtRwset(
                    NsPvtReadWriteSet.newBuilder()
                        .setNamespace("cc")
                        .addCollectionPvtRwset(
                            CollectionPvtReadWriteSet.newBuilder()
                                .setCollectionName("c")
                                .setRwset(CARRIED)))
                .build()
                .toByteString())
        .build();
  }
}
