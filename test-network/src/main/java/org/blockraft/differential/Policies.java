package org.blockraft.differential;

import com.google.protobuf.ByteString;
import java.util.List;
import org.blockraft.testnet.Protos;
import org.hyperledger.fabric.protos.common.SignaturePolicy;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.hyperledger.fabric.protos.peer.ApplicationPolicy;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.CollectionPolicyConfig;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;

/** The policies and collections of the probe chaincodes. */
final class Policies {
  private static final int BRIEF_BLOCKS = 3;

  private Policies() {}

  /** Signatures of {@code count} of the organizations' members in a role. */
  static SignaturePolicyEnvelope of(int count, String role, String... mspIds) {
    SignaturePolicyEnvelope.Builder envelope = SignaturePolicyEnvelope.newBuilder();
    SignaturePolicy.NOutOf.Builder rule = SignaturePolicy.NOutOf.newBuilder().setN(count);
    for (int i = 0; i < mspIds.length; i++) {
      envelope.addIdentities(Protos.anyRole(mspIds[i], List.of(role)).getIdentities(0));
      rule.addRules(SignaturePolicy.newBuilder().setSignedBy(i));
    }
    return envelope.setRule(SignaturePolicy.newBuilder().setNOutOf(rule)).build();
  }

  static ByteString application(SignaturePolicyEnvelope policy) {
    return ApplicationPolicy.newBuilder().setSignaturePolicy(policy).build().toByteString();
  }

  static CollectionConfigPackage collections() {
    StaticCollectionConfig shared =
        collection("shared", of(1, "member", "Org1MSP", "Org2MSP")).build();
    return CollectionConfigPackage.newBuilder()
        .addConfig(config(shared))
        .addConfig(config(shared.toBuilder().setName("brief").setBlockToLive(BRIEF_BLOCKS).build()))
        .addConfig(
            config(
                collection("mine", of(1, "member", "Org1MSP"))
                    .setMemberOnlyRead(true)
                    .setMemberOnlyWrite(true)
                    .setEndorsementPolicy(
                        ApplicationPolicy.newBuilder().setSignaturePolicy(of(1, "peer", "Org1MSP")))
                    .build()))
        .build();
  }

  private static StaticCollectionConfig.Builder collection(
      String name, SignaturePolicyEnvelope members) {
    return StaticCollectionConfig.newBuilder()
        .setName(name)
        .setMemberOrgsPolicy(CollectionPolicyConfig.newBuilder().setSignaturePolicy(members))
        .setRequiredPeerCount(0)
        .setMaximumPeerCount(0);
  }

  private static CollectionConfig config(StaticCollectionConfig collection) {
    return CollectionConfig.newBuilder().setStaticCollectionConfig(collection).build();
  }
}
