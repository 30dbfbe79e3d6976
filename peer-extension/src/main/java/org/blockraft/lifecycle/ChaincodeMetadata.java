package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;

/**
 * A chaincode as service discovery and gossip describe it. The version told to others is the
 * sequence, since a redefinition need not change the version of the code.
 *
 * @param policy serialized {@code ApplicationPolicy}
 * @param installed whether the package that this organization approved is installed here
 */
public record ChaincodeMetadata(
    String name,
    long sequence,
    ByteString policy,
    CollectionConfigPackage collections,
    boolean approved,
    boolean installed) {

  static ChaincodeMetadata of(String name, LocalDefinition local) {
    ChaincodeDefinition definition = local.definition();
    return new ChaincodeMetadata(
        name,
        definition.sequence(),
        definition.validationInfo().getValidationParameter(),
        definition.collections(),
        local.approved(),
        local.packageId().isPresent());
  }
}
