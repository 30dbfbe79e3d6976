package org.blockraft.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Optional;
import org.blockraft.state.MemoryState;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.ledger.rwset.NsReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.HashedRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;

/** A channel with chaincode "cc", which has the collections "c1" and "c2". */
final class Simulations {

  static final String TX_ID = "tx1";

  private Simulations() {}

  static TransactionSimulator on(MemoryState state) {
    return new TransactionSimulator(
        state, TX_ID, SimulationSettings.DEFAULTS, Simulations::collections, null);
  }

  /** State with so many keys k00000.. in "cc", key i written by transaction i of block 1. */
  static MemoryState rows(int count) {
    MemoryState state = new MemoryState();
    for (int i = 0; i < count; i++) {
      state.with("cc", key(i), "v" + i, new Version(1, i));
    }
    return state;
  }

  static String key(int number) {
    return String.format("k%05d", number);
  }

  static KVRWSet publicSet(SimulationResult result, String namespace)
      throws InvalidProtocolBufferException {
    return KVRWSet.parseFrom(namespace(result, namespace).getRwset());
  }

  static HashedRWSet hashedSet(SimulationResult result, String namespace, int collection)
      throws InvalidProtocolBufferException {
    return HashedRWSet.parseFrom(
        namespace(result, namespace).getCollectionHashedRwset(collection).getHashedRwset());
  }

  static NsReadWriteSet namespace(SimulationResult result, String namespace)
      throws InvalidProtocolBufferException {
    return TxReadWriteSet.parseFrom(result.publicRwset()).getNsRwsetList().stream()
        .filter(each -> each.getNamespace().equals(namespace))
        .findFirst()
        .orElseThrow();
  }

  private static Optional<CollectionConfigPackage> collections(
      String namespace, TransactionSimulator reads) {
    reads.getState("_lifecycle", "namespaces/fields/" + namespace + "/Collections");
    return namespace.equals("cc")
        ? Optional.of(
            CollectionConfigPackage.newBuilder()
                .addConfig(named("c1"))
                .addConfig(named("c2"))
                .build())
        : Optional.empty();
  }

  private static CollectionConfig named(String name) {
    return CollectionConfig.newBuilder()
        .setStaticCollectionConfig(StaticCollectionConfig.newBuilder().setName(name))
        .build();
  }
}
