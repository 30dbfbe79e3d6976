package org.blockraft.lifecycle;

import java.util.Optional;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeEndorsementInfo;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeValidationInfo;
import org.hyperledger.fabric.protos.peer.lifecycle.StateMetadata;

/**
 * Committed definitions straight from a state. The keys read and their order are what stock reads.
 *
 * <p>Fabric source: core/chaincode/lifecycle/lifecycle.go Resources. Stateless.
 */
final class DeployedChaincodes {
  static final String LIFECYCLE = "_lifecycle";

  /**
   * The definition of the lifecycle itself is not in the state: it has only implicit collections.
   */
  private static final ChaincodeDefinition BUILT_IN =
      new ChaincodeDefinition(
          0,
          ChaincodeEndorsementInfo.getDefaultInstance(),
          ChaincodeValidationInfo.getDefaultInstance(),
          CollectionConfigPackage.getDefaultInstance());

  private DeployedChaincodes() {}

  /** The committed definition, empty if the lifecycle has none of this name. */
  static Optional<ChaincodeDefinition> definition(String name, ReadableState publicState) {
    if (name.equals(LIFECYCLE)) {
      return Optional.of(BUILT_IN);
    }
    Optional<StateMetadata> metadata;
    try {
      metadata = StateSerializer.metadata(StateSerializer.NAMESPACES, name, publicState);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(e, "could not deserialize metadata for chaincode " + name);
    }
    if (metadata.isEmpty()) {
      return Optional.empty();
    }
    if (!metadata.get().getDatatype().equals(ChaincodeDefinition.DEFINITION_TYPE)) {
      throw new LifecycleException("not a chaincode type: " + metadata.get().getDatatype());
    }
    try {
      return Optional.of(StateSerializer.definition(name, metadata.get(), publicState));
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(
          e, "could not deserialize chaincode definition for chaincode " + name);
    }
  }

  /** The explicit collection of the given name. */
  static Optional<StaticCollectionConfig> explicitCollection(
      CollectionConfigPackage collections, String name) {
    for (CollectionConfig config : collections.getConfigList()) {
      if (config.hasStaticCollectionConfig()
          && config.getStaticCollectionConfig().getName().equals(name)) {
        return Optional.of(config.getStaticCollectionConfig());
      }
    }
    return Optional.empty();
  }
}
