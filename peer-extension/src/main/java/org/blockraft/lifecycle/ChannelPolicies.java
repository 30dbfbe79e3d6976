package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.blockraft.identity.ApplicationOrg;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.SignaturePolicies;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.peer.ApplicationPolicy;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionPolicyConfig;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeEndorsementInfo;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeValidationInfo;

/**
 * What follows for definitions from the channel's configuration: default policies, policies of the
 * lifecycle itself, and the collections that exist without being defined.
 *
 * <p>Fabric source: core/chaincode/lifecycle/{lifecycle,deployedcc_infoprovider}.go.
 */
final class ChannelPolicies {
  static final String DEFAULT_ENDORSEMENT_PLUGIN = "escc";
  static final String DEFAULT_VALIDATION_PLUGIN = "vscc";
  private static final String ENDORSEMENT = "/Channel/Application/Endorsement";
  private static final String LIFECYCLE_ENDORSEMENT = "/Channel/Application/LifecycleEndorsement";

  private ChannelPolicies() {}

  /** Fills in what a definition leaves empty. */
  static ChaincodeDefinition withDefaults(ChannelConfig config, ChaincodeDefinition definition) {
    ChaincodeEndorsementInfo.Builder endorsement = definition.endorsementInfo().toBuilder();
    if (endorsement.getEndorsementPlugin().isEmpty()) {
      endorsement.setEndorsementPlugin(DEFAULT_ENDORSEMENT_PLUGIN);
    }
    ChaincodeValidationInfo.Builder validation = definition.validationInfo().toBuilder();
    if (validation.getValidationPlugin().isEmpty()) {
      validation.setValidationPlugin(DEFAULT_VALIDATION_PLUGIN);
    }
    if (validation.getValidationParameter().isEmpty()) {
      if (config.policies().policy(ENDORSEMENT).isEmpty()) {
        throw new LifecycleException(
            "policy '%s' must be defined for channel '%s' before chaincode operations can be attempted"
                .formatted(ENDORSEMENT, config.channelId()));
      }
      validation.setValidationParameter(reference(ENDORSEMENT));
    }
    return new ChaincodeDefinition(
        definition.sequence(), endorsement.build(), validation.build(), definition.collections());
  }

  /** The policy for writes into the lifecycle's namespace, as ApplicationPolicy bytes. */
  static ByteString lifecycleEndorsement(ChannelConfig config) {
    if (config.policies().policy(LIFECYCLE_ENDORSEMENT).isPresent()) {
      return reference(LIFECYCLE_ENDORSEMENT);
    }
    List<String> mspIds = mspIds(config);
    return ApplicationPolicy.newBuilder()
        .setSignaturePolicy(
            SignaturePolicies.signedByNOutOf(mspIds.size() / 2 + 1, MSPRoleType.MEMBER, mspIds))
        .build()
        .toByteString();
  }

  /** The policy for writes into an implicit collection; empty if the channel has no such owner. */
  static Optional<ByteString> implicitCollectionEndorsement(ChannelConfig config, String mspId) {
    for (Map.Entry<String, ApplicationOrg> org : config.applicationOrgs().entrySet()) {
      if (org.getValue().mspId().equals(mspId)) {
        String policy = "/Channel/Application/" + org.getKey() + "/Endorsement";
        if (config.policies().policy(policy).isPresent()) {
          return Optional.of(reference(policy));
        }
        return Optional.of(
            ApplicationPolicy.newBuilder()
                .setSignaturePolicy(
                    SignaturePolicies.signedByNOutOf(1, MSPRoleType.MEMBER, List.of(mspId)))
                .build()
                .toByteString());
      }
    }
    return Optional.empty();
  }

  static StaticCollectionConfig implicitCollection(String mspId, ImplicitDissemination own) {
    boolean mine = mspId.equals(own.mspId());
    return StaticCollectionConfig.newBuilder()
        .setName(ImplicitCollections.nameFor(mspId))
        .setMemberOrgsPolicy(
            CollectionPolicyConfig.newBuilder()
                .setSignaturePolicy(SignaturePolicies.signedByRole(mspId, MSPRoleType.MEMBER)))
        .setRequiredPeerCount(mine ? own.requiredPeerCount() : 0)
        .setMaximumPeerCount(mine ? own.maxPeerCount() : 0)
        .build();
  }

  /** The collections that every chaincode of the channel has. */
  static List<CollectionConfig> implicitCollections(
      ChannelConfig config, ImplicitDissemination own) {
    List<CollectionConfig> result = new ArrayList<>();
    for (String mspId : mspIds(config)) {
      result.add(
          CollectionConfig.newBuilder()
              .setStaticCollectionConfig(implicitCollection(mspId, own))
              .build());
    }
    return result;
  }

  static List<String> mspIds(ChannelConfig config) {
    return config.applicationOrgs().values().stream().map(ApplicationOrg::mspId).toList();
  }

  private static ByteString reference(String policy) {
    return ApplicationPolicy.newBuilder()
        .setChannelConfigPolicyReference(policy)
        .build()
        .toByteString();
  }
}
