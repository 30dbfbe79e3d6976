package org.blockraft.validate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
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
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataEntry;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataWrite;
import org.hyperledger.fabric.protos.peer.ApplicationPolicy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks in, flags out. Chaincode "one" needs a peer of Org1, "two" a peer of Org2. */
class BlockValidatorTest {

  private static final int VALID = 0;
  private static final int DUPLICATE = 9;
  private static final int POLICY = 10;
  private static final int UNDEFINED = 25;

  @TempDir static Path dir;
  private static SampleChannel channel;
  private static LocalMsp peer2;
  private static ChannelConfig config;
  private static SlicePool pool;

  private final Map<String, DefinitionSource.ValidationInfo> definitions = new HashMap<>();
  private final Set<String> ids = new HashSet<>();
  private final MemoryState state = new MemoryState();
  private final List<ConfigEnvelope> applied = new ArrayList<>();

  BlockValidatorTest() {
    definitions.put("one", peerOf("Org1MSP"));
    definitions.put("two", peerOf("Org2MSP"));
  }

  @BeforeAll
  static void open() {
    channel = new SampleChannel(dir);
    peer2 = channel.org2.member(dir.resolve("peer2"), "peer2", "peer");
    config = channel.config();
    pool = new SlicePool(2);
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  @Test
  void policiesOfTheInvokedAndOfEveryWrittenNamespaceHold() {
    flags(
        List.of(
            tx("one").writes("one", "a").endorsedBy(channel.peer1).build(),
            tx("one").writes("one", "a").endorsedBy(peer2).build(),
            tx("one").endorsedBy(peer2).build(),
            tx("one").writes("two", "a").endorsedBy(channel.peer1).build(),
            tx("one").writes("two", "a").endorsedBy(channel.peer1, peer2).build(),
            tx("one").build()),
        VALID,
        POLICY,
        POLICY,
        POLICY,
        VALID,
        POLICY);
  }

  @Test
  void undefinedNamespacesAreNotWrittenTo() {
    flags(
        List.of(
            tx("none").endorsedBy(channel.peer1).build(),
            tx("one").writes("lscc", "a").endorsedBy(channel.peer1).build(),
            tx("one").writes("", "a").endorsedBy(channel.peer1).build(),
            tx("one").writes("one").writes("one").endorsedBy(channel.peer1).build()),
        UNDEFINED,
        UNDEFINED,
        UNDEFINED,
        23);
  }

  @Test
  void anIdIsUsedOnce() {
    ByteString first = tx("one").writes("one", "a").endorsedBy(channel.peer1).build();
    ByteString known = tx("one").writes("one", "b").endorsedBy(channel.peer1).build();
    ids.add(ParsedTransaction.of(known).txId());
    flags(List.of(first, known, first), VALID, DUPLICATE, DUPLICATE);
  }

  @Test
  void ofRepeatedIdsAnInvalidFirstDoesNotCount() {
    ByteString invalid = tx("one").writes("one", "a").endorsedBy(peer2).build();
    flags(List.of(invalid, invalid), POLICY, POLICY);
  }

  @Test
  void aKeysOwnPolicyReplacesTheChaincodes() {
    keyPolicy("a", SignaturePolicies.signedByRole("Org2MSP", MSPRoleType.PEER).toByteString());
    flags(
        List.of(
            tx("one").writes("one", "a").endorsedBy(channel.peer1).build(),
            tx("one").writes("one", "a").endorsedBy(peer2).build(),
            tx("one").writes("one", "a", "b").endorsedBy(peer2).build()),
        POLICY,
        VALID,
        POLICY);
  }

  @Test
  void keysWhoseMetadataChangesInTheBlockAreOffLimitsAfterwards() {
    flags(
        List.of(
            tx("one").writes("one", "a").endorsedBy(channel.peer1).build(),
            tx("one").changesMetadata("one", "a").endorsedBy(channel.peer1).build(),
            tx("one").writes("one", "a").endorsedBy(channel.peer1).build(),
            tx("one").changesMetadata("one", "a").endorsedBy(channel.peer1).build(),
            tx("one").changesMetadata("one", "b").endorsedBy(peer2).build(),
            tx("one").writes("one", "b").endorsedBy(channel.peer1).build()),
        VALID,
        VALID,
        POLICY,
        POLICY,
        POLICY,
        VALID);
  }

  @Test
  void aNamespaceThatWasEndorsedCountsEvenIfTheTransactionFails() {
    flags(
        List.of(
            tx("one").changesMetadata("two", "a").endorsedBy(peer2).build(),
            tx("two").writes("two", "a").endorsedBy(peer2).build()),
        POLICY,
        POLICY);
  }

  @Test
  void aMalformedKeyPolicyStopsTheChannel() {
    keyPolicy("a", ByteString.copyFromUtf8("no policy"));
    stops(List.of(tx("one").writes("one", "a").endorsedBy(channel.peer1).build()));
  }

  @Test
  void anUnknownPluginStopsTheChannel() {
    definitions.put(
        "one", new DefinitionSource.ValidationInfo("other", definitions.get("one").policy()));
    stops(List.of(tx("one").endorsedBy(channel.peer1).build()));
  }

  @Test
  void aFailingDefinitionLookupStopsTheChannel() {
    assertThrows(
        IllegalStateException.class,
        () ->
            validator(
                    (namespace, committed, channelConfig) -> {
                      throw new IllegalStateException("state database is gone");
                    })
                .validate(
                    block(List.of(tx("one").endorsedBy(channel.peer1).build())),
                    config,
                    state,
                    applied::add));
  }

  @Test
  void configurationIsApplied() {
    ConfigEnvelope delivered =
        ConfigEnvelope.newBuilder().setConfig(Config.newBuilder().setSequence(1)).build();
    flags(List.of(SampleTransaction.config(channel.orderer, delivered.toByteString())), VALID);
    assertEquals(List.of(delivered), applied);
    flags(List.of(SampleTransaction.config(channel.orderer, ByteString.EMPTY)), 6);
  }

  @Test
  void refusedConfigurationStopsTheChannel() {
    ByteString envelope =
        SampleTransaction.config(
            channel.orderer,
            ConfigEnvelope.newBuilder()
                .setConfig(Config.newBuilder().setSequence(1))
                .build()
                .toByteString());
    ValidationException stop =
        assertThrows(
            ValidationException.class,
            () ->
                validator(lookup())
                    .validate(
                        block(List.of(envelope)),
                        config,
                        state,
                        delivered -> {
                          throw new IllegalArgumentException("sequence 7");
                        }));
    assertTrue(stop.getMessage().endsWith("sequence 7"));
  }

  @Test
  void aVerdictOfAnOlderConfigurationIsNotUsed() {
    ByteString transaction = tx("two").writes("two", "a").endorsedBy(peer2).build();
    ConfigGroup.Builder root = channel.root().toBuilder();
    root.putGroups(
        "Application",
        root.getGroupsOrThrow("Application").toBuilder().removeGroups("Org2").build());
    ChannelConfig withoutOrg2 =
        ChannelConfig.of(SampleChannel.ID, Config.newBuilder().setChannelGroup(root).build());
    BlockValidator validator = validator(lookup());
    BlockVerdict ahead = validator.verify(block(List.of(transaction)), config);
    assertEquals(VALID, validator.decide(ahead, config, state, applied::add).flags()[0]);
    assertEquals(POLICY, validator.decide(ahead, withoutOrg2, state, applied::add).flags()[0]);
  }

  @Test
  void slicesOfAnySizeFindTheSame() {
    List<ByteString> envelopes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      SampleTransaction transaction = tx(i % 2 == 0 ? "one" : "two").writes("one", "k" + i);
      if (i % 3 != 0) {
        transaction.endorsedBy(channel.peer1, peer2, channel.peer1);
      }
      ByteString envelope = transaction.build();
      envelopes.add(
          i % 7 == 3
              ? envelope.substring(0, envelope.size() - 1).concat(ByteString.fromHex("00"))
              : envelope);
    }
    SliceVerdict whole = slice(envelopes, 0, envelopes.size());
    long seed = 42;
    Random random = new Random(seed);
    int from = 0;
    while (from < envelopes.size()) {
      int to = Math.min(envelopes.size(), from + 1 + random.nextInt(6));
      SliceVerdict part = slice(envelopes, from, to);
      assertArrayEquals(Arrays.copyOfRange(whole.codes(), from, to), part.codes(), "seed " + seed);
      assertTrue(Arrays.deepEquals(Arrays.copyOfRange(whole.signers(), from, to), part.signers()));
      from = to;
    }
    assertArrayEquals(new int[] {0, 1}, whole.signers()[1]);
    assertEquals(4, whole.codes()[3]);
  }

  @Test
  void verdictsThatDoNotCoverTheBlockAreRefused() {
    ByteString envelope = tx("one").endorsedBy(channel.peer1).build();
    VerifiedBlock block = block(List.of(envelope, envelope));
    BlockVerdict.Builder merged = new BlockVerdict.Builder(block, config);
    ValidationSlice second =
        ValidationSlice.of(SampleChannel.ID, block.number(), 1, List.of(envelope));
    SliceVerdict verdict = SliceVerifier.verify(second, config);
    assertThrows(ValidationException.class, () -> merged.add(second, verdict));
    assertThrows(ValidationException.class, merged::build);
  }

  private static SliceVerdict slice(List<ByteString> envelopes, int from, int to) {
    return SliceVerifier.verify(
        ValidationSlice.of(SampleChannel.ID, 2, from, envelopes.subList(from, to)), config);
  }

  private static SampleTransaction tx(String chaincode) {
    return new SampleTransaction(channel.client1, chaincode);
  }

  private static DefinitionSource.ValidationInfo peerOf(String mspId) {
    return new DefinitionSource.ValidationInfo(
        "vscc",
        ApplicationPolicy.newBuilder()
            .setSignaturePolicy(SignaturePolicies.signedByRole(mspId, MSPRoleType.PEER))
            .build()
            .toByteString());
  }

  private void keyPolicy(String key, ByteString policy) {
    byte[] metadata =
        KVMetadataWrite.newBuilder()
            .addEntries(
                KVMetadataEntry.newBuilder()
                    .setName(MetadataWrite.VALIDATION_PARAMETER)
                    .setValue(policy))
            .build()
            .toByteArray();
    state.with(
        StateKey.of("one", key), new VersionedValue(new byte[] {1}, metadata, new Version(1, 0)));
  }

  private void flags(List<ByteString> envelopes, int... expected) {
    byte[] flags =
        validator(lookup()).validate(block(envelopes), config, state, applied::add).flags();
    int[] found = new int[flags.length];
    for (int i = 0; i < flags.length; i++) {
      found[i] = flags[i] & 0xff;
    }
    assertArrayEquals(expected, found, Arrays.toString(found));
  }

  private void stops(List<ByteString> envelopes) {
    BlockValidator validator = validator(lookup());
    VerifiedBlock block = block(envelopes);
    assertThrows(
        ValidationException.class, () -> validator.validate(block, config, state, applied::add));
  }

  private Lookup lookup() {
    return (namespace, committed, channelConfig) -> Optional.ofNullable(definitions.get(namespace));
  }

  private BlockValidator validator(Lookup lookup) {
    return new BlockValidator(
        SampleChannel.ID, ids::contains, new Definitions(lookup), pool, List::of);
  }

  private static VerifiedBlock block(List<ByteString> envelopes) {
    Block block =
        Block.newBuilder()
            .setHeader(BlockHeader.newBuilder().setNumber(2))
            .setData(BlockData.newBuilder().addAllData(envelopes))
            .build();
    return new VerifiedBlock(block, block.toByteString(), new byte[0]);
  }

  private interface Lookup {
    Optional<DefinitionSource.ValidationInfo> find(
        String namespace, StateView committed, ChannelConfig channelConfig);
  }

  private record Definitions(Lookup lookup) implements DefinitionSource {
    @Override
    public Optional<ValidationInfo> validationInfo(
        String namespace, StateView committed, ChannelConfig channelConfig) {
      return lookup.find(namespace, committed, channelConfig);
    }

    @Override
    public Optional<ByteString> collectionPolicy(
        String namespace, String collection, StateView committed, ChannelConfig channelConfig) {
      return Optional.empty();
    }
  }
}
