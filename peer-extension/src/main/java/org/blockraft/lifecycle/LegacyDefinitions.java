package org.blockraft.lifecycle;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Optional;
import org.hyperledger.fabric.protos.peer.ChaincodeData;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;

/**
 * Definitions that channels older than Fabric 2.0 left in the namespace {@code lscc}. They are read
 * wherever the lifecycle has no definition, and those reads are in the read set.
 *
 * <p>Fabric source: core/scc/lscc/deployedcc_infoprovider.go. Stateless.
 */
final class LegacyDefinitions {
  static final String NAMESPACE = "lscc";
  private static final String COLLECTIONS_SUFFIX = "~collection";

  private LegacyDefinitions() {}

  /** The key of a chaincode's collections in the namespace. */
  static String collectionsKey(String name) {
    return name + COLLECTIONS_SUFFIX;
  }

  static Optional<ChaincodeData> find(String name, ReadableState lscc) {
    byte[] bytes = lscc.get(name);
    if (bytes == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(ChaincodeData.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new LifecycleException(
          "error unmarshalling chaincode state data: proto: cannot parse invalid wire-format data",
          e);
    }
  }

  static Optional<CollectionConfigPackage> collections(String name, ReadableState lscc) {
    byte[] bytes = lscc.get(collectionsKey(name));
    if (bytes == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(CollectionConfigPackage.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new LifecycleException(
          "error unmarshalling chaincode collection config pkg: proto: cannot parse invalid"
              + " wire-format data",
          e);
    }
  }
}
