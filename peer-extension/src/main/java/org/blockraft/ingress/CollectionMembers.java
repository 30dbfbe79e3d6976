package org.blockraft.ingress;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.peer.ChaincodeCall;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;

/**
 * The principals of the members of collections.
 *
 * <p>Fabric source: discovery/endorsement/collection.go.
 */
final class CollectionMembers {
  private CollectionMembers() {}

  /**
   * The principals of each collection of a call; a peer must satisfy one of each.
   *
   * @throws ServiceException with Fabric's text when a collection is not there or has no members
   */
  static List<List<MSPPrincipal>> of(ChaincodeFacts metadata, ChaincodeCall call) {
    Map<String, List<MSPPrincipal>> byName = new HashMap<>();
    for (CollectionConfig config : metadata.collections().getConfigList()) {
      if (!config.hasStaticCollectionConfig()) {
        throw new ServiceException("expected a static collection but got another one instead");
      }
      StaticCollectionConfig collection = config.getStaticCollectionConfig();
      if (!collection.hasMemberOrgsPolicy()) {
        throw new ServiceException("MemberOrgsPolicy of " + collection.getName() + " is nil");
      }
      if (!collection.getMemberOrgsPolicy().hasSignaturePolicy()) {
        throw new ServiceException("policy of " + collection.getName() + " is nil");
      }
      byName.put(
          collection.getName(),
          collection.getMemberOrgsPolicy().getSignaturePolicy().getIdentitiesList());
    }
    List<List<MSPPrincipal>> result = new ArrayList<>();
    for (String name : call.getCollectionNamesList()) {
      List<MSPPrincipal> principals = byName.get(name);
      if (principals == null) {
        throw new ServiceException(
            "collection %s doesn't exist in collection config for chaincode %s"
                .formatted(name, call.getName()));
      }
      result.add(principals);
    }
    return result;
  }
}
