package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.blockraft.identity.PolicyException;
import org.blockraft.lifecycle.ChaincodeMetadata;
import org.blockraft.lifecycle.ChannelDirectory;
import org.blockraft.lifecycle.CommittedDefinitions;
import org.blockraft.lifecycle.ImplicitCollections;
import org.blockraft.lifecycle.LifecycleException;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.MSPRole;
import org.hyperledger.fabric.protos.common.SignaturePolicy;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.hyperledger.fabric.protos.peer.ApplicationPolicy;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.CollectionPolicyConfig;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chaincodes that the joined channels define.
 *
 * <p>Fabric source: core/chaincode/lifecycle/metadata_provider.go, common/policydsl
 * SignedByMspMember.
 */
public final class DefinedChaincodes implements ChaincodeDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(DefinedChaincodes.class);

  private final ChannelDirectory channels;

  public DefinedChaincodes(ChannelDirectory channels) {
    this.channels = channels;
  }

  @Override
  public Map<String, String> runnable(String channelId) {
    Map<String, String> runnable = new HashMap<>();
    channels
        .channel(channelId)
        .ifPresent(
            channel -> {
              for (ChaincodeMetadata chaincode : channel.definitions().metadata()) {
                if (chaincode.approved() && chaincode.installed()) {
                  runnable.put(chaincode.name(), Long.toString(chaincode.sequence()));
                }
              }
            });
    return runnable;
  }

  @Override
  public Optional<ChaincodeFacts> metadata(
      String channelId, String chaincode, List<String> collections) {
    return channels
        .channel(channelId)
        .flatMap(channel -> facts(channel.definitions(), chaincode, collections));
  }

  private static Optional<ChaincodeFacts> facts(
      CommittedDefinitions definitions, String chaincode, List<String> wanted) {
    Optional<ChaincodeMetadata> found = definitions.metadata(chaincode);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    ChaincodeMetadata metadata = found.get();
    CollectionConfigPackage collections = withImplicit(metadata.collections(), wanted);
    try {
      return Optional.of(
          new ChaincodeFacts(
              chaincode,
              Long.toString(metadata.sequence()),
              definitions.signaturePolicy(metadata.policy()).toByteString(),
              collectionPolicies(definitions, collections, wanted),
              collections));
    } catch (LifecycleException | PolicyException e) {
      LOG.error("could not convert policy for chaincode '{}': {}", chaincode, e.getMessage());
      return Optional.empty();
    }
  }

  private static Map<String, ByteString> collectionPolicies(
      CommittedDefinitions definitions, CollectionConfigPackage collections, List<String> wanted) {
    Map<String, ByteString> policies = new HashMap<>();
    for (CollectionConfig config : collections.getConfigList()) {
      StaticCollectionConfig collection = config.getStaticCollectionConfig();
      if (wanted.contains(collection.getName()) && collection.hasEndorsementPolicy()) {
        policies.put(
            collection.getName(),
            definitions
                .signaturePolicy(collection.getEndorsementPolicy().toByteString())
                .toByteString());
      }
    }
    return policies;
  }

  private static CollectionConfigPackage withImplicit(
      CollectionConfigPackage explicit, List<String> wanted) {
    CollectionConfigPackage.Builder all = explicit.toBuilder();
    Set<String> added = new HashSet<>();
    for (String name : wanted) {
      Optional<String> owner = ImplicitCollections.owner(name);
      if (owner.isPresent() && added.add(name)) {
        SignaturePolicyEnvelope member = anyMember(owner.get());
        all.addConfig(
            CollectionConfig.newBuilder()
                .setStaticCollectionConfig(
                    StaticCollectionConfig.newBuilder()
                        .setName(name)
                        .setMemberOrgsPolicy(
                            CollectionPolicyConfig.newBuilder().setSignaturePolicy(member))
                        .setEndorsementPolicy(
                            ApplicationPolicy.newBuilder().setSignaturePolicy(member))));
      }
    }
    return all.build();
  }

  private static SignaturePolicyEnvelope anyMember(String mspId) {
    MSPRole role =
        MSPRole.newBuilder().setMspIdentifier(mspId).setRole(MSPRole.MSPRoleType.MEMBER).build();
    return SignaturePolicyEnvelope.newBuilder()
        .setRule(
            SignaturePolicy.newBuilder()
                .setNOutOf(
                    SignaturePolicy.NOutOf.newBuilder()
                        .setN(1)
                        .addRules(SignaturePolicy.newBuilder().setSignedBy(0))))
        .addIdentities(
            MSPPrincipal.newBuilder()
                .setPrincipalClassification(MSPPrincipal.Classification.ROLE)
                .setPrincipal(role.toByteString()))
        .build();
  }
}
