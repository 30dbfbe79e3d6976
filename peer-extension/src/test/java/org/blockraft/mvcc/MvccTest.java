package org.blockraft.mvcc;

import static org.blockraft.mvcc.SampleBlock.NAMESPACE;
import static org.blockraft.mvcc.SampleBlock.kvRead;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.state.MemoryState;
import org.blockraft.state.StateUpdates.Update;
import org.blockraft.state.Version;
import org.blockraft.validate.ValidatedBlock;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.peer.TxValidationCode;
import org.junit.jupiter.api.Test;

/** Transactions in, codes and changes out. The state holds a, b and c, written by block 1. */
class MvccTest {

  private static final Version V1 = new Version(1, 0);
  private static final Version V2 = new Version(2, 0);
  private static final byte VALID = TxValidationCode.VALID_VALUE;
  private static final byte CONFLICT = TxValidationCode.MVCC_READ_CONFLICT_VALUE;
  private static final byte PHANTOM = TxValidationCode.PHANTOM_READ_CONFLICT_VALUE;

  private final MemoryState state =
      new MemoryState()
          .with(NAMESPACE, "a", "1", V1)
          .with(NAMESPACE, "b", "2", V1)
          .with(NAMESPACE, "c", "3", V1);

  @Test
  void readsOfCommittedVersionsStand() {
    codes(new SampleBlock(2).tx().read("a", V1).read("missing", null), VALID);
  }

  @Test
  void readsOfOtherVersionsConflict() {
    codes(
        new SampleBlock(2)
            .tx()
            .read("a", V2)
            .tx()
            .read("a", null)
            .tx()
            .read("missing", V1)
            .tx()
            .read("missing", new Version(0, 0)),
        CONFLICT,
        CONFLICT,
        CONFLICT,
        CONFLICT);
  }

  @Test
  void keysWrittenByAnEarlierValidTransactionConflict() {
    codes(
        new SampleBlock(2)
            .tx()
            .read("a", V1)
            .write("a", "x")
            .delete("missing")
            .tx()
            .read("a", V1)
            .tx()
            .read("missing", null)
            .tx()
            .read("b", V1),
        VALID,
        CONFLICT,
        CONFLICT,
        VALID);
  }

  @Test
  void writesOfInvalidTransactionsDoNotCount() {
    codes(
        new SampleBlock(2).tx().read("a", V2).write("b", "x").tx().read("b", V1), CONFLICT, VALID);
    byte policy = TxValidationCode.ENDORSEMENT_POLICY_FAILURE_VALUE;
    ValidatedBlock block =
        new SampleBlock(2).tx().write("a", "x").tx().read("a", V1).build(new byte[] {policy, 0});
    assertArrayEquals(
        new byte[] {policy, VALID}, Mvcc.decide(block, state, PrivateWriteSets.NONE).flags());
  }

  @Test
  void blindWritesNeverConflict() {
    SampleBlock block = new SampleBlock(2).tx().write("a", "x").tx().write("a", "y").tx();
    MvccOutcome outcome = codes(block, VALID, VALID, VALID);
    assertEquals(new Version(2, 1), change(outcome, "a").version());
  }

  @Test
  void exhaustedRangesSeeKeysComeGoAndChange() {
    codes(ranges(b -> b), VALID);
    codes(ranges(b -> b.tx().write("bb", "x")), VALID, PHANTOM);
    codes(ranges(b -> b.tx().write("a", "x")), VALID, PHANTOM);
    codes(ranges(b -> b.tx().delete("b")), VALID, PHANTOM);
    codes(ranges(b -> b.tx().write("c", "x")), VALID, VALID);
  }

  @Test
  void anInsertAndADeleteInOneBlockLeaveTheRangeAsItWas() {
    codes(ranges(b -> b.tx().write("bb", "x").tx().delete("bb")), VALID, VALID, VALID);
  }

  @Test
  void theEndOfAnUnexhaustedRangeBelongsToIt() {
    SampleBlock stands =
        new SampleBlock(2).tx().range("a", "b", false, kvRead("a", V1), kvRead("b", V1));
    codes(stands, VALID);
    SampleBlock falls =
        new SampleBlock(2)
            .tx()
            .delete("b")
            .tx()
            .range("a", "b", false, kvRead("a", V1), kvRead("b", V1));
    codes(falls, VALID, PHANTOM);
    codes(new SampleBlock(2).tx().range("a", "b", false, kvRead("a", V1)), PHANTOM);
  }

  @Test
  void emptyRangesStandWhileNothingIsThere() {
    codes(new SampleBlock(2).tx().range("x", "", true), VALID);
    codes(new SampleBlock(2).tx().write("y", "1").tx().range("x", "", true), VALID, PHANTOM);
    codes(new SampleBlock(2).tx().range("", "", true), PHANTOM);
  }

  @Test
  void aRowWithoutVersionNeverMatches() {
    codes(new SampleBlock(2).tx().range("a", "b", true, kvRead("a", null)), PHANTOM);
  }

  @Test
  void readsComeBeforeRanges() {
    codes(new SampleBlock(2).tx().range("", "", true).read("a", V2), CONFLICT);
  }

  @Test
  void metadataFollowsTheKey() {
    SampleBlock block =
        new SampleBlock(2)
            .tx()
            .metadata("a", "m1")
            .tx()
            .write("a", "x")
            .tx()
            .metadata("missing", "m2")
            .tx()
            .write("b", "y")
            .metadata("b", "m3")
            .tx()
            .write("b", "z")
            .deleteMetadata("b");
    MvccOutcome outcome = codes(block, VALID, VALID, VALID, VALID, VALID);
    assertEquals("x", text(change(outcome, "a").value().value()));
    assertTrue(text(change(outcome, "a").value().metadata()).contains("m1"));
    assertNull(change(outcome, "missing"));
    assertEquals(0, change(outcome, "b").value().metadata().length);
  }

  @Test
  void metadataAloneMovesTheVersion() {
    MvccOutcome outcome = codes(new SampleBlock(2).tx().metadata("a", "m"), VALID);
    assertEquals(V2, change(outcome, "a").version());
    assertEquals("1", text(change(outcome, "a").value().value()));
  }

  @Test
  void repeatedWritesAddUpTheirMarks() {
    // Two value writes add up to the mark of a metadata update: the old value stays.
    MvccOutcome twice = codes(new SampleBlock(2).tx().write("a", "x").write("a", "y"), VALID);
    assertEquals("1", text(change(twice, "a").value().value()));
    assertEquals(V2, change(twice, "a").version());
    // On a key that does not exist the same comes to nothing.
    MvccOutcome fresh = codes(new SampleBlock(2).tx().write("n", "x").write("n", "y"), VALID);
    assertNull(change(fresh, "n"));
    // Eight of them are a delete.
    SampleBlock eight = new SampleBlock(2).tx();
    for (int i = 0; i < 8; i++) {
      eight.write("a", "x" + i);
    }
    assertTrue(change(codes(eight, VALID), "a").isDelete());
  }

  @Test
  void emptyValuesAreDeletes() {
    assertTrue(change(codes(new SampleBlock(2).tx().write("a", ""), VALID), "a").isDelete());
  }

  @Test
  void malformedActionsAreFlagged() {
    List<ByteString> envelopes = new ArrayList<>();
    envelopes.add(SampleBlock.endorsed(ByteString.copyFromUtf8("no read-write set")));
    envelopes.add(
        SampleBlock.envelope(HeaderType.ENDORSER_TRANSACTION, ByteString.copyFromUtf8("junk")));
    assertArrayEquals(
        new byte[] {(byte) TxValidationCode.INVALID_OTHER_REASON_VALUE, 16},
        Mvcc.decide(block(envelopes), state, PrivateWriteSets.NONE).flags());
  }

  @Test
  void configurationIsStateButNotPartOfTheCommitHash() {
    ByteString config =
        ConfigEnvelope.newBuilder().setLastUpdate(emptyEnvelope()).build().toByteString();
    ValidatedBlock block = block(List.of(SampleBlock.envelope(HeaderType.CONFIG, config)));
    MvccOutcome outcome = Mvcc.decide(block, state, PrivateWriteSets.NONE);
    Update update =
        outcome.publicAndHashed().get("", Mvcc.CONFIG_KEY.getBytes(StandardCharsets.UTF_8));
    assertEquals(config, ByteString.copyFrom(update.value().value()));
    assertEquals(0, outcome.updatesBytes().length);
    byte[] previous = {1, 2, 3};
    assertArrayEquals(
        CommitHash.sha256().digest(new byte[] {1, 0, 1, 2, 3}),
        CommitHash.next(previous, outcome.flags(), outcome.updatesBytes()));
  }

  @Test
  void aConfigurationTransactionWithoutContentStopsTheChannel() {
    ValidatedBlock block =
        block(List.of(SampleBlock.envelope(HeaderType.CONFIG, ByteString.EMPTY)));
    assertThrows(MvccException.class, () -> Mvcc.decide(block, state, PrivateWriteSets.NONE));
  }

  @Test
  void updatesBytesNameTheNamespaceOnce() {
    MvccOutcome outcome = codes(new SampleBlock(2).tx().write("b", "x").delete("a"), VALID);
    assertEquals(
        "0a0e0a0263631a016120013203010200" + "0a0b1a01622a01783203010200",
        HexFormat.of().formatHex(outcome.updatesBytes()));
  }

  private static SampleBlock ranges(UnaryOperator<SampleBlock> before) {
    return before
        .apply(new SampleBlock(2))
        .tx()
        .range("a", "c", true, kvRead("a", V1), kvRead("b", V1));
  }

  private MvccOutcome codes(SampleBlock block, int... expected) {
    MvccOutcome outcome = Mvcc.decide(block.build(), state, PrivateWriteSets.NONE);
    byte[] codes = new byte[expected.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) expected[i];
    }
    assertArrayEquals(codes, outcome.flags());
    return outcome;
  }

  private static Update change(MvccOutcome outcome, String key) {
    return outcome.publicAndHashed().get(NAMESPACE, key.getBytes(StandardCharsets.UTF_8));
  }

  private static ValidatedBlock block(List<ByteString> envelopes) {
    Block block =
        Block.newBuilder()
            .setHeader(BlockHeader.newBuilder().setNumber(2))
            .setData(BlockData.newBuilder().addAllData(envelopes))
            .build();
    return ValidatedBlock.allValid(new VerifiedBlock(block, block.toByteString(), new byte[0]));
  }

  private static Envelope emptyEnvelope() {
    return Envelope.getDefaultInstance();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
