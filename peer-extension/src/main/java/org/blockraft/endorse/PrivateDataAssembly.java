package org.blockraft.endorse;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.blockraft.lifecycle.CommittedDefinitions;
import org.blockraft.simulation.SimulationException;
import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;

/**
 * Private write sets together with the configuration of their collections, as other peers and the
 * transient store want them.
 *
 * <p>Fabric source: core/endorser/pvtrwset_assembler.go.
 */
final class PrivateDataAssembly {
  private PrivateDataAssembly() {}

  /**
   * @param simulator already asked for its result, so what is read here is in no read set
   */
  static TxPvtReadWriteSetWithConfigInfo assemble(
      TxPvtReadWriteSet writeSet,
      CommittedDefinitions definitions,
      TransactionSimulator simulator,
      long height) {
    TxPvtReadWriteSetWithConfigInfo.Builder result =
        TxPvtReadWriteSetWithConfigInfo.newBuilder().setEndorsedAt(height).setPvtRwset(writeSet);
    for (NsPvtReadWriteSet namespace : writeSet.getNsPvtRwsetList()) {
      result.putCollectionConfigs(
          namespace.getNamespace(), used(namespace, definitions, simulator));
    }
    return result.build();
  }

  private static CollectionConfigPackage used(
      NsPvtReadWriteSet namespace,
      CommittedDefinitions definitions,
      TransactionSimulator simulator) {
    String name = namespace.getNamespace();
    Optional<CollectionConfigPackage> defined;
    try {
      defined = definitions.collections(name, simulator);
    } catch (SimulationException e) {
      throw new SimulationException(
          "failed to obtain collections config: error while retrieving collection config for chaincode \"%s\": %s"
              .formatted(name, e.getMessage()),
          e);
    }
    if (defined.isEmpty()) {
      throw new SimulationException(
          "failed to obtain collections config: no collection config for chaincode \""
              + name
              + "\"");
    }
    Set<String> written = new HashSet<>();
    for (CollectionPvtReadWriteSet collection : namespace.getCollectionPvtRwsetList()) {
      written.add(collection.getCollectionName());
    }
    CollectionConfigPackage.Builder used = CollectionConfigPackage.newBuilder();
    for (CollectionConfig config : defined.get().getConfigList()) {
      if (config.hasStaticCollectionConfig()
          && written.contains(config.getStaticCollectionConfig().getName())) {
        used.addConfig(config);
      }
    }
    return used.build();
  }
}
