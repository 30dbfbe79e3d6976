package org.blockraft.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.SampleChannel;
import org.blockraft.identity.SignaturePolicies;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ConfigPolicy;
import org.hyperledger.fabric.protos.common.Consenter;
import org.hyperledger.fabric.protos.common.IdentifierHeader;
import org.hyperledger.fabric.protos.common.Metadata;
import org.hyperledger.fabric.protos.common.MetadataSignature;
import org.hyperledger.fabric.protos.common.Orderers;
import org.hyperledger.fabric.protos.common.Policy;
import org.hyperledger.fabric.protos.common.Policy.PolicyType;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four consenters, of whom three must sign, each known by a number. */
class BftBlockVerifierTest {
  private static final String UNSATISFIED = "signature set did not satisfy policy";

  @TempDir Path dir;
  private final List<LocalMsp> consenters = new ArrayList<>();
  private SampleChannel channel;
  private ChainTip genesis;
  private Block block;

  @BeforeEach
  void setUp() {
    channel = new SampleChannel(dir);
    for (int i = 1; i <= 4; i++) {
      consenters.add(channel.ordering.member(dir.resolve("consenter" + i), "c" + i, "orderer"));
    }
    SampleBlocks blocks = new SampleBlocks(channel);
    genesis = blocks.tip();
    block = blocks.addTransactions(2);
  }

  @Test
  void shouldAcceptAQuorumOfNumberedConsenters() throws Exception {
    assertEquals(1, verify(signedBy(1, 2, 3), config("V3_0")).number());
    assertEquals(1, verify(signedBy(9, 4, 2, 1), config("V3_0")).number());
  }

  @Test
  void shouldRefuseFewerAndRepeatedConsenters() throws Exception {
    assertEquals(UNSATISFIED, refusal(signedBy(1, 2), config("V3_0")));
    assertEquals(UNSATISFIED, refusal(signedBy(1, 2, 2, 2), config("V3_0")));
    assertEquals(UNSATISFIED, refusal(signedBy(1, 2, 9), config("V3_0")));
  }

  @Test
  void shouldNotKnowNumbersWithoutTheCapability() throws Exception {
    assertEquals(UNSATISFIED, refusal(signedBy(1, 2, 3), config("V2_0")));
  }

  private VerifiedBlock verify(Block signed, ChannelConfig config) {
    return BlockVerifier.verify(signed.toByteString(), 1, genesis.lastHeaderHash(), config);
  }

  private String refusal(Block signed, ChannelConfig config) {
    return assertThrows(BlockRejected.class, () -> verify(signed, config)).getMessage();
  }

  private Block signedBy(int... numbers) {
    Metadata.Builder metadata =
        Metadata.newBuilder().setValue(ByteString.copyFromUtf8("consensus data"));
    for (int number : numbers) {
      ByteString header =
          IdentifierHeader.newBuilder()
              .setIdentifier(number)
              .setNonce(ByteString.copyFromUtf8("nonce"))
              .build()
              .toByteString();
      ByteString signed =
          metadata
              .getValue()
              .concat(header)
              .concat(ByteString.copyFrom(BlockHeaders.headerBytes(block.getHeader())));
      metadata.addSignatures(
          MetadataSignature.newBuilder()
              .setIdentifierHeader(header)
              .setSignature(consenters.get((number - 1) % 4).signer().sign(signed)));
    }
    return block.toBuilder()
        .setMetadata(BlockMetadata.newBuilder().addMetadata(metadata.build().toByteString()))
        .build();
  }

  private ChannelConfig config(String capability) throws InvalidProtocolBufferException {
    List<ByteString> identities =
        consenters.stream().map(consenter -> consenter.signer().serialized()).toList();
    Orderers.Builder mapping = Orderers.newBuilder();
    for (int i = 0; i < identities.size(); i++) {
      SerializedIdentity identity = SerializedIdentity.parseFrom(identities.get(i));
      mapping.addConsenterMapping(
          Consenter.newBuilder()
              .setId(i + 1)
              .setMspId(identity.getMspid())
              .setIdentity(identity.getIdBytes()));
    }
    ConfigGroup root = channel.root("localhost:1");
    ConfigPolicy blockValidation =
        ConfigPolicy.newBuilder()
            .setModPolicy("Admins")
            .setPolicy(
                Policy.newBuilder()
                    .setType(PolicyType.SIGNATURE_VALUE)
                    .setValue(SignaturePolicies.bftBlockValidation(identities).toByteString()))
            .build();
    ConfigGroup orderer =
        root.getGroupsOrThrow("Orderer").toBuilder()
            .putValues("Orderers", SampleChannel.value(mapping.build()))
            .putPolicies("BlockValidation", blockValidation)
            .build();
    ConfigGroup changed =
        root.toBuilder()
            .putValues("Capabilities", SampleChannel.capabilities(capability))
            .putGroups("Orderer", orderer)
            .build();
    return ChannelConfig.of(SampleChannel.ID, Config.newBuilder().setChannelGroup(changed).build());
  }
}
