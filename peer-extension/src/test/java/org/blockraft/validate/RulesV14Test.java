package org.blockraft.validate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.SampleChannel;
import org.blockraft.identity.SignaturePolicies;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.state.MemoryState;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateView;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.hyperledger.fabric.protos.peer.ChaincodeData;
import org.hyperledger.fabric.protos.peer.ChaincodeDeploymentSpec;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.ChaincodeInput;
import org.hyperledger.fabric.protos.peer.ChaincodeInvocationSpec;
import org.hyperledger.fabric.protos.peer.ChaincodeProposalPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeSpec;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks of a channel at V1_4_2 in, flags out. Chaincode "one" needs a peer of Org1. */
class RulesV14Test {

  private static final int VALID = 0;
  private static final int POLICY = 10;
  private static final int EXPIRED = 17;
  private static final int CONFLICT = 18;
  private static final int ILLEGAL = 23;
  private static final int OTHER = 255;

  @TempDir static Path dir;
  private static SampleChannel channel;
  private static LocalMsp peer2;
  private static SlicePool pool;

  private final MemoryState state = new MemoryState();

  RulesV14Test() {
    state.with(StateKey.of("lscc", "one"), value(data("one", "1", org(1)).build().toByteString()));
  }

  @BeforeAll
  static void open() {
    channel = new SampleChannel(dir);
    peer2 = channel.org2.member(dir.resolve("peer2"), "peer2", "peer");
    pool = new SlicePool(2);
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  @Test
  void definitionsAreThoseOfLscc() {
    flags(
        List.of(
            tx("one").writes("one", "a").endorsedBy(channel.peer1).build(),
            tx("one").writes("one", "a").endorsedBy(peer2).build(),
            tx("one").endorsedBy(channel.peer1).version("2").build(),
            tx("none").endorsedBy(channel.peer1).build(),
            tx("one").writes("none", "a").endorsedBy(channel.peer1).build(),
            tx("one").endorsedBy(channel.peer1).version("").build()),
        VALID,
        POLICY,
        EXPIRED,
        OTHER,
        OTHER,
        OTHER);
  }

  @Test
  void namespacesOfSystemChaincodesAreTheirOwn() {
    flags(
        List.of(
            tx("one").writes("lscc", "a").endorsedBy(channel.peer1).build(),
            tx("one").writes("cscc", "a").endorsedBy(channel.peer1).build(),
            tx("vscc").endorsedBy(channel.peer1).build(),
            tx("qscc").endorsedBy(channel.client1).build(),
            tx("qscc").build()),
        ILLEGAL,
        ILLEGAL,
        ILLEGAL,
        VALID,
        POLICY);
  }

  @Test
  void whatIsNoPolicyIsNotSatisfied() {
    state.with(
        StateKey.of("lscc", "one"),
        value(
            data("one", "1", org(1))
                .setPolicy(org(1).toBuilder().setVersion(1))
                .build()
                .toByteString()));
    flags(List.of(tx("one").endorsedBy(channel.peer1).build()), POLICY);
  }

  @Test
  void deployingTakesTheInstantiationPolicy() {
    flags(
        List.of(
            call("deploy", "new", "1", data("new", "1", org(1)), channel.client1),
            call("deploy", "new", "1", data("new", "1", org(2)), channel.client1),
            call("deploy", "new", "1", data("new", "2", org(1)), channel.client1),
            call("deploy", "new", "1", data("old", "1", org(1)), channel.client1),
            call("deploy", "new", "1", ChaincodeData.newBuilder(), channel.client1),
            call("deploy", "qscc", "1", data("qscc", "1", org(1)), channel.client1),
            call("deploy", "one", "2", data("one", "2", org(1)), channel.client1),
            call("start", "new", "1", data("new", "1", org(1)), channel.client1)),
        VALID,
        POLICY,
        POLICY,
        POLICY,
        POLICY,
        POLICY,
        POLICY,
        POLICY);
  }

  @Test
  void upgradingTakesTheOldPolicyAndTheNew() {
    flags(List.of(call("upgrade", "one", "2", data("one", "2", org(1)), channel.client1)), VALID);
    flags(
        List.of(
            call("upgrade", "one", "2", data("one", "2", org(2)), channel.client1),
            call("upgrade", "one", "2", data("one", "2", org(2)), channel.admin2),
            call("upgrade", "one", "1", data("one", "1", org(1)), channel.client1),
            call("upgrade", "none", "2", data("none", "2", org(1)), channel.client1)),
        POLICY,
        POLICY,
        POLICY,
        POLICY);
  }

  @Test
  void anUpgradeTakesTheCallsOfItsBlockWithIt() {
    flags(
        List.of(
            tx("one").writes("one", "a").endorsedBy(channel.peer1).build(),
            call("upgrade", "one", "2", data("one", "2", org(1)), channel.client1),
            call("upgrade", "one", "3", data("one", "3", org(1)), channel.client1),
            tx("one").writes("one", "b").endorsedBy(channel.peer1).build(),
            tx("qscc").endorsedBy(channel.client1).build()),
        CONFLICT,
        CONFLICT,
        VALID,
        CONFLICT,
        VALID);
  }

  @Test
  void collectionsAreWrittenAsAskedForAndStay() {
    ByteString both = collections(collection("a", 5), collection("b", 0));
    assertFailure(Optional.empty(), both, both, Optional.empty());
    assertFailure(Optional.of("do not match"), both, ByteString.EMPTY, Optional.empty());
    ByteString twice = collections(collection("a", 5), collection("a", 5));
    assertFailure(Optional.of("duplicate"), twice, twice, Optional.empty());
    ByteString named = collections(collection("a b", 5));
    assertFailure(Optional.of("not allowed"), named, named, Optional.empty());
    assertFailure(Optional.empty(), both, both, Optional.of(collections(collection("a", 5))));
    assertFailure(Optional.of("missing"), both, both, Optional.of(collections(collection("c", 5))));
    assertFailure(
        Optional.of("BlockToLive"), both, both, Optional.of(collections(collection("a", 6))));
  }

  @Test
  void configurationIsAppliedUnderAnyCapabilityButNothingElse() {
    ByteString envelope =
        SampleTransaction.config(
            channel.orderer,
            ConfigEnvelope.newBuilder()
                .setConfig(Config.newBuilder().setSequence(1))
                .build()
                .toByteString());
    List<ConfigEnvelope> applied = new ArrayList<>();
    ChannelConfig old = config("V1_1");
    validator().validate(block(List.of(envelope)), old, state, applied::add);
    assertArrayEquals(new long[] {1}, applied.stream().mapToLong(RulesV14Test::sequence).toArray());
    VerifiedBlock block = block(List.of(tx("one").endorsedBy(channel.peer1).build()));
    assertThrows(
        ValidationException.class, () -> validator().validate(block, old, state, applied::add));
  }

  private static long sequence(ConfigEnvelope envelope) {
    return envelope.getConfig().getSequence();
  }

  private void assertFailure(
      Optional<String> expected, ByteString asked, ByteString written, Optional<ByteString> old) {
    old.ifPresentOrElse(
        value -> state.with(StateKey.of("lscc", "one~collection"), value(value)), () -> {});
    List<KeyReadWrites.KeyWrite> writes = new ArrayList<>();
    writes.add(write("one", ByteString.EMPTY));
    if (!written.isEmpty()) {
      writes.add(write("one~collection", written));
    }
    Optional<String> failure =
        new LsccCollections("one", writes, state).failure(Optional.of(asked), old.isEmpty());
    assertArrayEquals(
        new Object[] {expected.isPresent(), true},
        new Object[] {failure.isPresent(), failure.orElse("").contains(expected.orElse(""))},
        failure.orElse("no failure"));
  }

  private static KeyReadWrites.KeyWrite write(String key, ByteString value) {
    return new KeyReadWrites.KeyWrite(
        ByteString.copyFromUtf8(key).toByteArray(), false, value.toByteArray(), false);
  }

  private static ByteString collections(StaticCollectionConfig... collections) {
    CollectionConfigPackage.Builder all = CollectionConfigPackage.newBuilder();
    for (StaticCollectionConfig collection : collections) {
      all.addConfig(CollectionConfig.newBuilder().setStaticCollectionConfig(collection));
    }
    return all.build().toByteString();
  }

  private static StaticCollectionConfig collection(String name, long blockToLive) {
    return StaticCollectionConfig.newBuilder().setName(name).setBlockToLive(blockToLive).build();
  }

  private static ByteString call(
      String function, String name, String version, ChaincodeData.Builder data, LocalMsp creator) {
    ByteString deployment =
        ChaincodeDeploymentSpec.newBuilder()
            .setChaincodeSpec(
                ChaincodeSpec.newBuilder()
                    .setType(ChaincodeSpec.Type.GOLANG)
                    .setChaincodeId(ChaincodeID.newBuilder().setName(name).setVersion(version)))
            .build()
            .toByteString();
    ByteString invocation =
        ChaincodeInvocationSpec.newBuilder()
            .setChaincodeSpec(
                ChaincodeSpec.newBuilder()
                    .setInput(
                        ChaincodeInput.newBuilder()
                            .addArgs(ByteString.copyFromUtf8(function))
                            .addArgs(ByteString.copyFromUtf8(SampleChannel.ID))
                            .addArgs(deployment)))
            .build()
            .toByteString();
    return new SampleTransaction(creator, "lscc")
        .version("syscc")
        .proposalPayload(
            ChaincodeProposalPayload.newBuilder().setInput(invocation).build().toByteString())
        .puts("lscc", name, data.build().toByteString())
        .writes(name, "key")
        .endorsedBy(creator)
        .build();
  }

  private static ChaincodeData.Builder data(
      String name, String version, SignaturePolicyEnvelope instantiation) {
    return ChaincodeData.newBuilder()
        .setName(name)
        .setVersion(version)
        .setEscc("escc")
        .setVscc("vscc")
        .setPolicy(SignaturePolicies.signedByRole("Org1MSP", MSPRoleType.PEER))
        .setInstantiationPolicy(instantiation);
  }

  private static SignaturePolicyEnvelope org(int number) {
    return SignaturePolicies.signedByRole("Org%dMSP".formatted(number), MSPRoleType.MEMBER);
  }

  private static VersionedValue value(ByteString bytes) {
    return new VersionedValue(bytes.toByteArray(), new byte[0], new Version(1, 0));
  }

  private static SampleTransaction tx(String chaincode) {
    return new SampleTransaction(channel.client1, chaincode);
  }

  private void flags(List<ByteString> envelopes, int... expected) {
    byte[] flags =
        validator().validate(block(envelopes), config("V1_4_2"), state, envelope -> {}).flags();
    int[] found = new int[flags.length];
    for (int i = 0; i < flags.length; i++) {
      found[i] = flags[i] & 0xff;
    }
    assertArrayEquals(expected, found, Arrays.toString(found));
  }

  private static ChannelConfig config(String capability) {
    ConfigGroup.Builder root = channel.root().toBuilder();
    root.putGroups(
        "Application",
        root.getGroupsOrThrow("Application").toBuilder()
            .putValues("Capabilities", SampleChannel.capabilities(capability))
            .build());
    return ChannelConfig.of(SampleChannel.ID, Config.newBuilder().setChannelGroup(root).build());
  }

  private static BlockValidator validator() {
    return new BlockValidator(SampleChannel.ID, id -> false, new NoDefinitions(), pool, List::of);
  }

  private static VerifiedBlock block(List<ByteString> envelopes) {
    Block block =
        Block.newBuilder()
            .setHeader(BlockHeader.newBuilder().setNumber(2))
            .setData(BlockData.newBuilder().addAllData(envelopes))
            .build();
    return new VerifiedBlock(block, block.toByteString(), new byte[0]);
  }

  /** The newer lifecycle has no say. */
  private static final class NoDefinitions implements DefinitionSource {
    @Override
    public Optional<ValidationInfo> validationInfo(
        String namespace, StateView committed, ChannelConfig channelConfig) {
      throw new IllegalStateException("not asked");
    }

    @Override
    public Optional<ByteString> collectionPolicy(
        String namespace, String collection, StateView committed, ChannelConfig channelConfig) {
      throw new IllegalStateException("not asked");
    }
  }
}
