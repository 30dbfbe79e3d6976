package org.blockraft.simulation;

import java.util.Optional;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;

/** Knows the collections of the chaincodes of one channel. Implemented by the lifecycle. */
public interface CollectionDirectory {

  /**
   * All collections of a chaincode, explicit and implicit; empty if there is no such chaincode or
   * it has none. Asked once per namespace and simulation.
   *
   * @param reads the definition is read through this simulator, so that the reads are in the
   *     read-write set exactly as stock records them (stock: {@code AllCollectionsConfigPkg})
   * @throws SimulationException with Fabric's text if the definition cannot be read
   */
  Optional<CollectionConfigPackage> collections(String namespace, TransactionSimulator reads);
}
