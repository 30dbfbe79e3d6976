package org.blockraft.peer;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.blockraft.identity.SignaturePolicies;
import org.blockraft.ingress.ChaincodeDirectory;
import org.blockraft.ingress.ChaincodeMetadata;
import org.blockraft.lifecycle.ChannelDirectory;
import org.blockraft.lifecycle.CommittedDefinitions;
import org.blockraft.lifecycle.ImplicitCollections;
import org.blockraft.lifecycle.LifecycleException;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.hyperledger.fabric.protos.peer.ApplicationPolicy;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.CollectionPolicyConfig;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The committed chaincodes as choosing endorsers sees them: definitions with their policies as
 * signature policies.
 *
 * <p>Fabric source: core/chaincode/lifecycle/metadata_provider.go.
 */
final class CommittedChaincodes implements ChaincodeDirectory {
  private static final Logger LOG = LoggerFactory.getLogger("lifecycle");

  private final ChannelDirectory channels;

  CommittedChaincodes(ChannelDirectory channels) {
    this.channels = channels;
  }

  @Override
  public Map<String, String> runnable(String channelId) {
    Map<String, String> sequences = new TreeMap<>();
    channels
        .channel(channelId)
        .ifPresent(
            channel ->
                channel.definitions().metadata().stream()
                    .filter(m -> m.approved() && m.installed())
                    .forEach(m -> sequences.put(m.name(), Long.toString(m.sequence()))));
    return sequences;
  }

  @Override
  public Optional<ChaincodeMetadata> metadata(
      String channelId, String chaincode, List<String> collections) {
    return channels
        .channel(channelId)
        .map(channel -> channel.definitions())
        .flatMap(definitions -> metadata(definitions, chaincode, collections));
  }

  private static Optional<ChaincodeMetadata> metadata(
      CommittedDefinitions definitions, String chaincode, List<String> collections) {
    var found = definitions.metadata(chaincode);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    CollectionConfigPackage.Builder configs = found.get().collections().toBuilder();
    for (String collection : collections) {
      ImplicitCollections.owner(collection)
          .ifPresent(mspId -> configs.addConfig(implicit(collection, mspId)));
    }
    Map<String, ByteString> policies = new HashMap<>();
    try {
      ByteString policy = definitions.signaturePolicy(found.get().policy()).toByteString();
      for (CollectionConfig config : configs.getConfigList()) {
        StaticCollectionConfig collection = config.getStaticCollectionConfig();
        if (collections.contains(collection.getName()) && collection.hasEndorsementPolicy()) {
          ByteString own = collection.getEndorsementPolicy().toByteString();
          policies.put(collection.getName(), definitions.signaturePolicy(own).toByteString());
        }
      }
      return Optional.of(
          new ChaincodeMetadata(
              chaincode,
              Long.toString(found.get().sequence()),
              policy,
              policies,
              configs.build()));
    } catch (LifecycleException | IllegalArgumentException e) {
      LOG.error("could not convert policy for chaincode '{}': {}", chaincode, e.getMessage());
      return Optional.empty();
    }
  }

  private static CollectionConfig implicit(String collection, String mspId) {
    SignaturePolicyEnvelope members = SignaturePolicies.signedByRole(mspId, MSPRoleType.MEMBER);
    return CollectionConfig.newBuilder()
        .setStaticCollectionConfig(
            StaticCollectionConfig.newBuilder()
                .setName(collection)
                .setMemberOrgsPolicy(
                    CollectionPolicyConfig.newBuilder().setSignaturePolicy(members))
                .setEndorsementPolicy(
                    ApplicationPolicy.newBuilder().setSignaturePolicy(members)))
        .build();
  }
}
