package org.blockraft.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.hyperledger.fabric.protos.common.BlockDataHashingStructure;
import org.hyperledger.fabric.protos.common.Capabilities;
import org.hyperledger.fabric.protos.common.Capability;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ConfigPolicy;
import org.hyperledger.fabric.protos.common.ConfigSignature;
import org.hyperledger.fabric.protos.common.ConfigUpdate;
import org.hyperledger.fabric.protos.common.ConfigUpdateEnvelope;
import org.hyperledger.fabric.protos.common.ConfigValue;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.HashingAlgorithm;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.ImplicitMetaPolicy;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.common.OrdererAddresses;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.Policy.PolicyType;
import org.hyperledger.fabric.protos.orderer.BatchSize;
import org.hyperledger.fabric.protos.orderer.BatchTimeout;
import org.hyperledger.fabric.protos.orderer.ConsensusType;

/** A channel made up for tests: two application organizations and one that orders. */
public final class SampleChannel {
  public static final String ID = "sample";

  public final SampleOrganization org1 = new SampleOrganization("Org1MSP");
  public final SampleOrganization org2 = new SampleOrganization("Org2MSP");
  public final SampleOrganization ordering = new SampleOrganization("OrdererMSP");
  public final LocalMsp admin1;
  public final LocalMsp client1;
  public final LocalMsp peer1;
  public final LocalMsp admin2;
  public final LocalMsp orderer;

  public SampleChannel(Path dir) {
    admin1 = org1.member(dir.resolve("admin1"), "admin1", "admin");
    client1 = org1.member(dir.resolve("client1"), "client1", "client");
    peer1 = org1.member(dir.resolve("peer1"), "peer1", "peer");
    admin2 = org2.member(dir.resolve("admin2"), "admin2", "admin");
    orderer = ordering.member(dir.resolve("orderer"), "orderer", "orderer");
  }

  public ChannelConfig config(String... ordererEndpoints) {
    return ChannelConfig.of(
        ID, Config.newBuilder().setChannelGroup(root(ordererEndpoints)).build());
  }

  public ConfigGroup root(String... ordererEndpoints) {
    return withMetaPolicies(ConfigGroup.newBuilder())
        .setModPolicy("Admins")
        .putValues("Capabilities", capabilities("V2_0"))
        .putValues(
            "HashingAlgorithm", value(HashingAlgorithm.newBuilder().setName("SHA256").build()))
        .putValues(
            "BlockDataHashingStructure",
            value(BlockDataHashingStructure.newBuilder().setWidth(-1).build()))
        .putGroups("Application", application())
        .putGroups("Orderer", orderer(ordererEndpoints))
        .build();
  }

  private ConfigGroup application() {
    return withMetaPolicies(ConfigGroup.newBuilder())
        .setModPolicy("Admins")
        .putValues("Capabilities", capabilities("V2_5"))
        .putGroups("Org1", organization(org1).build())
        .putGroups("Org2", organization(org2).build())
        .build();
  }

  private ConfigGroup orderer(String... endpoints) {
    ConfigGroup.Builder org = organization(ordering);
    if (endpoints.length > 0) {
      org.putValues(
          "Endpoints",
          value(OrdererAddresses.newBuilder().addAllAddresses(List.of(endpoints)).build()));
    }
    return withMetaPolicies(ConfigGroup.newBuilder())
        .setModPolicy("Admins")
        .putPolicies("BlockValidation", meta(ImplicitMetaPolicy.Rule.ANY, "Writers"))
        .putValues("Capabilities", capabilities("V2_0"))
        .putValues("ConsensusType", value(ConsensusType.newBuilder().setType("etcdraft").build()))
        .putValues(
            "BatchSize",
            value(
                BatchSize.newBuilder()
                    .setMaxMessageCount(10)
                    .setAbsoluteMaxBytes(1_000_000)
                    .setPreferredMaxBytes(500_000)
                    .build()))
        .putValues("BatchTimeout", value(BatchTimeout.newBuilder().setTimeout("2s").build()))
        .putGroups("OrdererOrg", org.build())
        .build();
  }

  public static ConfigGroup.Builder organization(SampleOrganization org) {
    return ConfigGroup.newBuilder()
        .setModPolicy("Admins")
        .putPolicies("Readers", role(org, MSPRoleType.MEMBER))
        .putPolicies("Writers", role(org, MSPRoleType.MEMBER))
        .putPolicies("Admins", role(org, MSPRoleType.ADMIN))
        .putValues("MSP", value(org.mspConfig()));
  }

  private static ConfigPolicy role(SampleOrganization org, MSPRoleType role) {
    return policy(
        PolicyType.SIGNATURE, SignaturePolicies.signedByRole(org.mspId(), role).toByteString());
  }

  private static ConfigGroup.Builder withMetaPolicies(ConfigGroup.Builder group) {
    return group
        .putPolicies("Readers", meta(ImplicitMetaPolicy.Rule.ANY, "Readers"))
        .putPolicies("Writers", meta(ImplicitMetaPolicy.Rule.ANY, "Writers"))
        .putPolicies("Admins", meta(ImplicitMetaPolicy.Rule.MAJORITY, "Admins"));
  }

  public static ConfigPolicy meta(ImplicitMetaPolicy.Rule rule, String name) {
    ImplicitMetaPolicy meta =
        ImplicitMetaPolicy.newBuilder().setRule(rule).setSubPolicy(name).build();
    return policy(PolicyType.IMPLICIT_META, meta.toByteString());
  }

  private static ConfigPolicy policy(PolicyType type, ByteString value) {
    return ConfigPolicy.newBuilder()
        .setModPolicy("Admins")
        .setPolicy(
            org.hyperledger.fabric.protos.common.Policy.newBuilder()
                .setType(type.getNumber())
                .setValue(value))
        .build();
  }

  public static ConfigValue value(Message content) {
    return ConfigValue.newBuilder().setModPolicy("Admins").setValue(content.toByteString()).build();
  }

  public static ConfigValue capabilities(String... names) {
    Capabilities.Builder capabilities = Capabilities.newBuilder();
    for (String name : names) {
      capabilities.putCapabilities(name, Capability.getDefaultInstance());
    }
    return value(capabilities.build());
  }

  /** A CONFIG_UPDATE envelope signed by some and sent by the first of them. */
  public static Envelope update(ConfigGroup readSet, ConfigGroup writeSet, LocalMsp... signers) {
    ByteString update =
        ConfigUpdate.newBuilder()
            .setChannelId(ID)
            .setReadSet(readSet)
            .setWriteSet(writeSet)
            .build()
            .toByteString();
    ConfigUpdateEnvelope.Builder signed = ConfigUpdateEnvelope.newBuilder().setConfigUpdate(update);
    for (LocalMsp signer : signers) {
      ByteString header = signer.signer().newSignatureHeader().toByteString();
      signed.addSignatures(
          ConfigSignature.newBuilder()
              .setSignatureHeader(header)
              .setSignature(signer.signer().sign(header.concat(update))));
    }
    return envelope(HeaderType.CONFIG_UPDATE, signers[0].signer(), signed.build().toByteString());
  }

  public static Envelope envelope(HeaderType type, Signer signer, ByteString data) {
    ByteString payload =
        Payload.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(
                        ChannelHeader.newBuilder()
                            .setType(type.getNumber())
                            .setChannelId(ID)
                            .build()
                            .toByteString())
                    .setSignatureHeader(signer.newSignatureHeader().toByteString()))
            .setData(data)
            .build()
            .toByteString();
    return Envelope.newBuilder().setPayload(payload).setSignature(signer.sign(payload)).build();
  }

  /** A path through groups, for read and write sets that touch one element. */
  public static ConfigGroup nested(Map<String, Long> groupVersions, ConfigGroup innermost) {
    ConfigGroup group = innermost;
    List<Map.Entry<String, Long>> path = List.copyOf(groupVersions.entrySet());
    for (int i = path.size() - 1; i >= 0; i--) {
      group =
          ConfigGroup.newBuilder()
              .setVersion(path.get(i).getValue())
              .putGroups(path.get(i).getKey(), group)
              .build();
    }
    return group;
  }
}
