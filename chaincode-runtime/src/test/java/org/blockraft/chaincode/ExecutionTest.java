package org.blockraft.chaincode;

import static org.blockraft.chaincode.ScriptedChaincode.ok;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.DEL_STATE;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.GET_STATE;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.GET_STATE_MULTIPLE;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.PUT_STATE;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.WRITE_BATCH_STATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.ledger.rwset.TxReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.hyperledger.fabric.protos.peer.ChaincodeAdditionalParams;
import org.hyperledger.fabric.protos.peer.ChaincodeEvent;
import org.hyperledger.fabric.protos.peer.ChaincodeInput;
import org.hyperledger.fabric.protos.peer.ChaincodeMessage;
import org.hyperledger.fabric.protos.peer.DelState;
import org.hyperledger.fabric.protos.peer.GetState;
import org.hyperledger.fabric.protos.peer.GetStateMultiple;
import org.hyperledger.fabric.protos.peer.GetStateMultipleResult;
import org.hyperledger.fabric.protos.peer.PutState;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.WriteBatchState;
import org.hyperledger.fabric.protos.peer.WriteRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutionTest {
  @TempDir Path directory;

  @Test
  void readsWritesAndAnswersWithEvent() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode = serve(peer, ExecutionTest::transfer)) {
      peer.state.with("cc", "a", "1", new Version(1, 0));

      ChaincodeOutcome outcome = peer.execute("cc", "transfer");

      assertEquals(200, outcome.response().getStatus());
      assertEquals("1", outcome.response().getPayload().toStringUtf8());
      assertEquals("cc", outcome.event().getChaincodeId());
      assertEquals("tx1", outcome.event().getTxId());
      KVRWSet written = publicSet(peer);
      assertEquals(
          List.of("a", "b"), written.getReadsList().stream().map(r -> r.getKey()).toList());
      assertEquals("a", written.getWrites(0).getKey());
      assertTrue(written.getWrites(1).getIsDelete());
      assertEquals(ByteString.EMPTY, chaincode.readyPayload(), "a 2.5 peer offers nothing");
      assertEquals(
          2.0,
          peer.meters
              .get("chaincode.shim_requests_completed")
              .tag("type", "GET_STATE")
              .tag("success", "true")
              .counter()
              .count());
    }
  }

  private static Response transfer(ScriptedChaincode.Transaction tx) throws Exception {
    assertEquals("p", tx.begin().getProposal().getProposalBytes().toStringUtf8());
    ByteString value = tx.ask(GET_STATE, GetState.newBuilder().setKey("a").build());
    assertTrue(tx.ask(GET_STATE, GetState.newBuilder().setKey("b").build()).isEmpty());
    tx.ask(PUT_STATE, PutState.newBuilder().setKey("a").setValue(value.concat(value)).build());
    tx.ask(DEL_STATE, DelState.newBuilder().setKey("b").build());
    tx.event(ChaincodeEvent.newBuilder().setEventName("moved").setTxId("forged").build());
    return ok(value);
  }

  @Test
  void failureOfTheChaincodeIsStocksText() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode =
            serve(
                peer,
                tx -> {
                  throw new IllegalStateException("boom");
                })) {
      assertEquals(
          "transaction returned with failure: boom",
          assertThrows(ChaincodeException.class, () -> peer.execute("cc", "x")).getMessage());
      assertEquals(1, chaincode.streams());
    }
  }

  @Test
  void statusesPassThrough() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode =
            serve(peer, tx -> Response.newBuilder().setStatus(404).setMessage("no").build())) {
      Response response = peer.execute("cc", "x").response();
      assertEquals(404, response.getStatus());
      assertEquals("no", response.getMessage());
      assertTrue(peer.runtime.isConnected(packageId(peer)));
      assertEquals(1, chaincode.streams());
    }
  }

  @Test
  void timesOut() throws Exception {
    RuntimeSettings settings = TestPeer.settings(Duration.ofSeconds(1), null);
    try (TestPeer peer = new TestPeer(directory, settings, null, List.of(), Map.of());
        ScriptedChaincode chaincode =
            serve(peer, tx -> tx.argument(0).equals("hang") ? null : ok("back"))) {
      assertEquals(
          "failed to execute transaction tx1: error sending: timeout expired while executing"
              + " transaction",
          assertThrows(ChaincodeException.class, () -> peer.execute("cc", "hang")).getMessage());
      assertEquals(1.0, peer.meters.get("chaincode.execute_timeouts").counter().count());
      assertEquals("back", peer.execute("cc", "go").response().getPayload().toStringUtf8());
      assertEquals(1, chaincode.streams());
    }
  }

  @Test
  void requestAfterTheTransactionIsRefused() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode = serve(peer, tx -> lateRequest(tx))) {
      peer.execute("cc", "x");
      assertEquals(
          "GET_STATE failed: transaction ID: gone: no ledger context",
          peer.execute("cc", "late").response().getPayload().toStringUtf8());
      assertEquals(1, chaincode.streams());
    }
  }

  /** Asks in the name of a transaction that does not run; the answer goes to that name. */
  private static Response lateRequest(ScriptedChaincode.Transaction tx) throws Exception {
    if (!tx.argument(0).equals("late")) {
      return ok("");
    }
    return ok(
        tx.askAs("gone", GET_STATE, GetState.newBuilder().setKey("k").build().toByteString()));
  }

  @Test
  void secondRequestAtATimeIsDropped() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode = serve(peer, tx -> askTwiceAtOnce(tx, peer))) {
      // The second request comes while the first waits for a system chaincode's slow answer.
      assertEquals("1 answer", peer.execute("cc", "x").response().getPayload().toStringUtf8());
      assertEquals(1, chaincode.streams());
    }
  }

  private static Response askTwiceAtOnce(ScriptedChaincode.Transaction tx, TestPeer peer)
      throws Exception {
    ByteString slow = TestPeer.callOf("qscc", "slow").toByteString();
    tx.tell(ChaincodeMessage.Type.INVOKE_CHAINCODE, slow);
    tx.tell(
        ChaincodeMessage.Type.GET_STATE, GetState.newBuilder().setKey("k").build().toByteString());
    // Answered in order, so the peer has seen the second request before.
    tx.askAs("gone", GET_STATE, GetState.getDefaultInstance().toByteString());
    peer.slow.countDown();
    tx.answer();
    tx.ask(GET_STATE, GetState.newBuilder().setKey("k").build());
    return ok(tx.hasAnswer() ? "2 answers" : "1 answer");
  }

  @Test
  void batchesOfVersionThree() throws Exception {
    RuntimeSettings settings =
        TestPeer.settings(Duration.ofSeconds(5), new BatchParameters(true, 7, true, 8));
    try (TestPeer peer = new TestPeer(directory, settings, null, List.of(), Map.of());
        ScriptedChaincode chaincode = serve(peer, ExecutionTest::batches)) {
      peer.state.with("cc", "a", "1", new Version(1, 0));
      assertEquals("1,,", peer.execute("cc", "x").response().getPayload().toStringUtf8());
      ChaincodeAdditionalParams offered =
          ChaincodeAdditionalParams.parseFrom(chaincode.readyPayload());
      assertTrue(offered.getUseWriteBatch());
      assertEquals(7, offered.getMaxSizeWriteBatch());
      assertEquals(8, offered.getMaxSizeGetMultipleKeys());
      KVRWSet written = publicSet(peer);
      assertEquals(2, written.getWritesCount());
      assertEquals(1, written.getMetadataWritesCount());
    }
  }

  private static Response batches(ScriptedChaincode.Transaction tx) throws Exception {
    GetStateMultipleResult read =
        GetStateMultipleResult.parseFrom(
            tx.ask(
                GET_STATE_MULTIPLE,
                GetStateMultiple.newBuilder().addKeys("a").addKeys("b").build()));
    tx.ask(
        WRITE_BATCH_STATE,
        WriteBatchState.newBuilder()
            .addRec(record(WriteRecord.Type.PUT_STATE, "p").setValue(ByteString.copyFromUtf8("v")))
            .addRec(record(WriteRecord.Type.DEL_STATE, "d"))
            .addRec(record(WriteRecord.Type.PUT_STATE_METADATA, "p"))
            .build());
    StringBuilder text = new StringBuilder();
    read.getValuesList().forEach(value -> text.append(value.toStringUtf8()).append(','));
    return ok(text.toString());
  }

  private static WriteRecord.Builder record(WriteRecord.Type type, String key) {
    WriteRecord.Builder write = WriteRecord.newBuilder().setType(type).setKey(key);
    write
        .getMetadataBuilder()
        .setMetakey("VALIDATION_PARAMETER")
        .setValue(ByteString.copyFromUtf8("m"));
    return write;
  }

  @Test
  void initIsEnforcedOnce() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode = serve(peer, tx -> ok(tx.begin().getType().name()))) {
      String id = packageId(peer);
      ChaincodeInput init = TestPeer.input("x").toBuilder().setIsInit(true).build();
      assertInvalid(
          peer, init, "chaincode 'cc' does not require initialization but called as init");

      peer.definitions.put("cc", new EndorsementInfo("1.0", true, id, "escc"));
      assertInvalid(
          peer,
          TestPeer.input("x"),
          "chaincode 'cc' has not been initialized for this version, must call as init first");
      assertEquals("INIT", peer.execute("cc", init).response().getPayload().toStringUtf8());
      assertEquals(ChaincodeRuntime.INITIALIZED_KEY, publicSet(peer).getWrites(0).getKey());

      peer.state.with("cc", ChaincodeRuntime.INITIALIZED_KEY, "1.0", new Version(1, 0));
      assertInvalid(peer, init, "chaincode 'cc' is already initialized but called as init");
      assertEquals("TRANSACTION", peer.execute("cc", "x").response().getPayload().toStringUtf8());
      assertEquals(1, chaincode.streams());
    }
  }

  private static void assertInvalid(TestPeer peer, ChaincodeInput input, String text) {
    String message =
        assertThrows(ChaincodeException.class, () -> peer.execute("cc", input)).getMessage();
    assertTrue(message.endsWith(": invalid invocation: " + text), message);
  }

  @Test
  void unknownChaincode() {
    try (TestPeer peer = new TestPeer(directory)) {
      assertEquals(
          "failed to execute transaction tx1: invalid invocation: [channel ch] failed to get"
              + " chaincode container info for no: chaincode no not found",
          assertThrows(ChaincodeException.class, () -> peer.execute("no", "x")).getMessage());
    }
  }

  @Test
  void keyThatIsNotUtf8IsRefused() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode =
            serve(
                peer,
                tx -> {
                  tx.tell(PUT_STATE, ByteString.copyFrom(new byte[] {0x0a, 1, (byte) 0xff}));
                  return ok(tx.answer().getPayload());
                })) {
      assertEquals(
          "PUT_STATE failed: transaction ID: tx1: unmarshal failed: proto: string field contains"
              + " invalid UTF-8",
          peer.execute("cc", "x").response().getPayload().toStringUtf8());
      assertFalse(chaincode.streams() > 1);
    }
  }

  private static ScriptedChaincode serve(TestPeer peer, ScriptedChaincode.Script script)
      throws Exception {
    return peer.serve("cc", script);
  }

  private static String packageId(TestPeer peer) {
    return peer.definitions.get("cc").chaincodeId();
  }

  static KVRWSet publicSet(TestPeer peer) throws Exception {
    TxReadWriteSet set = TxReadWriteSet.parseFrom(peer.lastSimulator.result().publicRwset());
    return KVRWSet.parseFrom(set.getNsRwset(0).getRwset());
  }
}
