package org.blockraft.testnet;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.blockraft.intake.BlockHeaders;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockDataHashingStructure;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.hyperledger.fabric.protos.common.Capabilities;
import org.hyperledger.fabric.protos.common.Capability;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ConfigPolicy;
import org.hyperledger.fabric.protos.common.ConfigValue;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.HashingAlgorithm;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.ImplicitMetaPolicy;
import org.hyperledger.fabric.protos.common.LastConfig;
import org.hyperledger.fabric.protos.common.Metadata;
import org.hyperledger.fabric.protos.common.OrdererAddresses;
import org.hyperledger.fabric.protos.common.OrdererBlockMetadata;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.Policy;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.orderer.BatchSize;
import org.hyperledger.fabric.protos.orderer.BatchTimeout;
import org.hyperledger.fabric.protos.orderer.ChannelRestrictions;
import org.hyperledger.fabric.protos.orderer.ConsensusType;
import org.hyperledger.fabric.protos.peer.AnchorPeer;
import org.hyperledger.fabric.protos.peer.AnchorPeers;

/**
 * The genesis block of a channel with the policies and capabilities of fabric-samples' test
 * networks, where one organization alone may approve and endorse ("ANY").
 */
public final class ChannelGenesis {
  private static final int NONCE_BYTES = 24;

  /** An application organization; the folder is its cryptogen folder. */
  public record Org(String mspId, Path folder, String anchorHost, int anchorPort) {}

  /** The ordering organization. */
  public record Ordering(String mspId, Path folder, List<String> endpoints) {}

  /** When the orderer cuts a block. */
  public record Batches(
      int messagesMax, int absoluteBytesMax, int preferredBytesMax, String timeout) {
    /** The values of fabric-samples' test-network. */
    static final Batches DEFAULT = new Batches(10, 99 * 1024 * 1024, 512 * 1024, "2s");

    Batches withTimeout(Duration value) {
      return new Batches(messagesMax, absoluteBytesMax, preferredBytesMax, value.toMillis() + "ms");
    }
  }

  private ChannelGenesis() {}

  public static Block block(
      String channelId, Ordering ordering, List<Org> organizations, Batches batches, Instant now) {
    ConfigGroup channel = channel(ordering, organizations, batches);
    Config config = Config.newBuilder().setChannelGroup(channel).build();
    byte[] nonce = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(nonce);
    ByteString nonceBytes = ByteString.copyFrom(nonce);
    ChannelHeader channelHeader =
        ChannelHeader.newBuilder()
            .setType(HeaderType.CONFIG_VALUE)
            .setVersion(1)
            .setTimestamp(Protos.timestamp(now))
            .setChannelId(channelId)
            .setTxId(Protos.transactionId(nonceBytes, ByteString.EMPTY))
            .build();
    Payload payload =
        Payload.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(channelHeader.toByteString())
                    .setSignatureHeader(
                        SignatureHeader.newBuilder().setNonce(nonceBytes).build().toByteString()))
            .setData(ConfigEnvelope.newBuilder().setConfig(config).build().toByteString())
            .build();
    Envelope envelope = Envelope.newBuilder().setPayload(payload.toByteString()).build();
    BlockData data = BlockData.newBuilder().addData(envelope.toByteString()).build();
    ByteString lastConfig =
        Metadata.newBuilder()
            .setValue(
                OrdererBlockMetadata.newBuilder()
                    .setLastConfig(LastConfig.getDefaultInstance())
                    .build()
                    .toByteString())
            .build()
            .toByteString();
    return Block.newBuilder()
        .setHeader(
            BlockHeader.newBuilder().setDataHash(ByteString.copyFrom(BlockHeaders.dataHash(data))))
        .setData(data)
        .setMetadata(
            BlockMetadata.newBuilder()
                .addMetadata(lastConfig)
                .addMetadata(
                    Metadata.newBuilder()
                        .setValue(LastConfig.getDefaultInstance().toByteString())
                        .build()
                        .toByteString())
                .addMetadata(ByteString.EMPTY)
                .addMetadata(ByteString.EMPTY)
                .addMetadata(ByteString.EMPTY))
        .build();
  }

  private static ConfigGroup channel(Ordering ordering, List<Org> orgs, Batches batches) {
    List<String> everyEndpoint = ordering.endpoints();
    return metaPolicies(ConfigGroup.newBuilder(), "ANY", "ANY", "MAJORITY")
        .putValues(
            "HashingAlgorithm", value(HashingAlgorithm.newBuilder().setName("SHA256").build()))
        .putValues(
            "BlockDataHashingStructure",
            value(BlockDataHashingStructure.newBuilder().setWidth(0xFFFFFFFF).build()))
        .putValues(
            "OrdererAddresses",
            value(
                OrdererAddresses.newBuilder().addAllAddresses(everyEndpoint).build(),
                "/Channel/Orderer/Admins"))
        .putValues("Capabilities", capabilities("V2_0"))
        .putGroups("Orderer", orderer(ordering, batches))
        .putGroups("Application", application(orgs))
        .setModPolicy("Admins")
        .build();
  }

  private static ConfigGroup orderer(Ordering ordering, Batches batches) {
    ConfigGroup.Builder group = metaPolicies(ConfigGroup.newBuilder(), "ANY", "ANY", "MAJORITY");
    group.putPolicies("BlockValidation", meta("ANY", "Writers"));
    group.putValues("ConsensusType", value(ConsensusType.newBuilder().setType("solo").build()));
    group.putValues(
        "BatchSize",
        value(
            BatchSize.newBuilder()
                .setMaxMessageCount(batches.messagesMax())
                .setAbsoluteMaxBytes(batches.absoluteBytesMax())
                .setPreferredMaxBytes(batches.preferredBytesMax())
                .build()));
    group.putValues(
        "BatchTimeout", value(BatchTimeout.newBuilder().setTimeout(batches.timeout()).build()));
    group.putValues("ChannelRestrictions", value(ChannelRestrictions.getDefaultInstance()));
    group.putValues("Capabilities", capabilities("V2_0"));
    group.putGroups(
        "OrdererOrg",
        organization(ordering.mspId(), ordering.folder(), List.of("member"), List.of("member"))
            .putValues(
                "Endpoints",
                value(OrdererAddresses.newBuilder().addAllAddresses(ordering.endpoints()).build()))
            .build());
    return group.setModPolicy("Admins").build();
  }

  private static ConfigGroup application(List<Org> orgs) {
    ConfigGroup.Builder group = metaPolicies(ConfigGroup.newBuilder(), "ANY", "ANY", "MAJORITY");
    group.putPolicies("LifecycleEndorsement", meta("ANY", "Endorsement"));
    group.putPolicies("Endorsement", meta("ANY", "Endorsement"));
    group.putValues("Capabilities", capabilities("V2_5"));
    for (Org org : orgs) {
      ConfigGroup.Builder orgGroup =
          organization(
              org.mspId(),
              org.folder(),
              List.of("admin", "peer", "client"),
              List.of("admin", "client"));
      orgGroup.putPolicies("Endorsement", signature(org.mspId(), List.of("peer")));
      AnchorPeer anchor =
          AnchorPeer.newBuilder().setHost(org.anchorHost()).setPort(org.anchorPort()).build();
      orgGroup.putValues(
          "AnchorPeers", value(AnchorPeers.newBuilder().addAnchorPeers(anchor).build()));
      group.putGroups(org.mspId(), orgGroup.build());
    }
    return group.setModPolicy("Admins").build();
  }

  private static ConfigGroup.Builder organization(
      String mspId, Path folder, List<String> readers, List<String> writers) {
    return ConfigGroup.newBuilder()
        .putPolicies("Readers", signature(mspId, readers))
        .putPolicies("Writers", signature(mspId, writers))
        .putPolicies("Admins", signature(mspId, List.of("admin")))
        .putValues("MSP", value(MspFolder.read(folder.resolve("msp"), mspId)))
        .setModPolicy("Admins");
  }

  private static ConfigGroup.Builder metaPolicies(
      ConfigGroup.Builder group, String readers, String writers, String admins) {
    return group
        .putPolicies("Readers", meta(readers, "Readers"))
        .putPolicies("Writers", meta(writers, "Writers"))
        .putPolicies("Admins", meta(admins, "Admins"));
  }

  private static ConfigPolicy meta(String rule, String subPolicy) {
    return policy(
        Policy.PolicyType.IMPLICIT_META,
        ImplicitMetaPolicy.newBuilder()
            .setRule(ImplicitMetaPolicy.Rule.valueOf(rule))
            .setSubPolicy(subPolicy)
            .build());
  }

  private static ConfigPolicy signature(String mspId, List<String> roles) {
    return policy(Policy.PolicyType.SIGNATURE, Protos.anyRole(mspId, roles));
  }

  private static ConfigPolicy policy(Policy.PolicyType type, Message content) {
    return ConfigPolicy.newBuilder()
        .setPolicy(Policy.newBuilder().setType(type.getNumber()).setValue(content.toByteString()))
        .setModPolicy("Admins")
        .build();
  }

  private static ConfigValue capabilities(String name) {
    return value(
        Capabilities.newBuilder().putCapabilities(name, Capability.getDefaultInstance()).build());
  }

  private static ConfigValue value(Message content) {
    return value(content, "Admins");
  }

  private static ConfigValue value(Message content, String modPolicy) {
    return ConfigValue.newBuilder()
        .setValue(content.toByteString())
        .setModPolicy(modPolicy)
        .build();
  }

  /** Reads the PEM files of a folder; an absent folder has none. */
  static List<ByteString> pemFiles(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<ByteString> contents = new ArrayList<>();
    try (var files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        contents.add(ByteString.copyFrom(Files.readAllBytes(file)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return contents;
  }
}
