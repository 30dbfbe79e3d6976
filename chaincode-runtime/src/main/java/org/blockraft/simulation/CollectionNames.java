package org.blockraft.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;

/**
 * Refuses collections that a chaincode's definition does not have. The definition is read once per
 * namespace and simulation, at the first use of any of its collections. See Fabric's {@code
 * core/ledger/kvledger/txmgmt/txmgr/collection_val.go}.
 */
final class CollectionNames {

  private final CollectionDirectory directory;
  private final Map<String, Set<String>> known = new HashMap<>();

  CollectionNames(CollectionDirectory directory) {
    this.directory = directory;
  }

  void check(String namespace, String collection, TransactionSimulator reads) {
    Set<String> names = known.get(namespace);
    if (names == null) {
      names = names(namespace, reads);
      known.put(namespace, names);
    }
    if (!names.contains(collection)) {
      throw new SimulationException(
          "collection ["
              + collection
              + "] not defined in the collection config for chaincode ["
              + namespace
              + "]");
    }
  }

  private Set<String> names(String namespace, TransactionSimulator reads) {
    CollectionConfigPackage defined =
        directory
            .collections(namespace, reads)
            .orElseThrow(
                () ->
                    new SimulationException(
                        "collection config not defined for chaincode ["
                            + namespace
                            + "], pass the collection configuration upon chaincode"
                            + " definition/instantiation"));
    Set<String> names = new HashSet<>();
    // Stock marks a namespace as known with an empty name, which so passes as a collection.
    names.add("");
    for (CollectionConfig each : defined.getConfigList()) {
      if (each.hasStaticCollectionConfig()) {
        names.add(each.getStaticCollectionConfig().getName());
      }
    }
    return names;
  }
}
