package org.blockraft.chaincode;

import static org.blockraft.chaincode.ScriptedChaincode.ok;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.GET_STATE;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.INVOKE_CHAINCODE;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.PUT_STATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.List;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.ledger.rwset.NsReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxReadWriteSet;
import org.hyperledger.fabric.protos.peer.ChaincodeMessage;
import org.hyperledger.fabric.protos.peer.GetState;
import org.hyperledger.fabric.protos.peer.PutState;
import org.hyperledger.fabric.protos.peer.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChaincodeCallsTest {
  @TempDir Path directory;
  private TestPeer peer;
  private ScriptedChaincode caller;
  private ScriptedChaincode callee;

  @BeforeEach
  void start() throws Exception {
    peer = new TestPeer(directory);
    caller = peer.serve("caller", ChaincodeCallsTest::call);
    callee = peer.serve("callee", ChaincodeCallsTest::store);
    peer.state.with("callee", "k", "here", new Version(1, 0));
    peer.otherState.with("callee", "k", "there", new Version(1, 0));
  }

  @AfterEach
  void stop() {
    caller.close();
    callee.close();
    peer.close();
  }

  /** Calls the chaincode named by the first argument, and answers with what it said. */
  private static Response call(ScriptedChaincode.Transaction tx) throws Exception {
    ByteString answer = tx.ask(INVOKE_CHAINCODE, TestPeer.callOf(tx.argument(0), "store"));
    ChaincodeMessage last = ChaincodeMessage.parseFrom(answer);
    if (last.getType() == ChaincodeMessage.Type.ERROR) {
      return ok("ERROR " + last.getPayload().toStringUtf8());
    }
    return Response.parseFrom(last.getPayload());
  }

  private static Response store(ScriptedChaincode.Transaction tx) throws Exception {
    ByteString value = tx.ask(GET_STATE, GetState.newBuilder().setKey("k").build());
    tx.ask(PUT_STATE, PutState.newBuilder().setKey("k").setValue(value).build());
    return ok(tx.begin().getChannelId() + " " + value.toStringUtf8());
  }

  @Test
  void sameChannelSharesTheSimulator() throws Exception {
    assertEquals("ch here", answer("callee"));
    TxReadWriteSet set = TxReadWriteSet.parseFrom(peer.lastSimulator.result().publicRwset());
    assertEquals(
        List.of("callee"),
        set.getNsRwsetList().stream().map(NsReadWriteSet::getNamespace).toList());
    assertEquals("ch here", answer("callee:9.9"));
    assertEquals("ch here", answer("callee/ch"));
  }

  @Test
  void otherChannelIsReadOnly() throws Exception {
    assertEquals("other there", answer("callee/other"));
    TxReadWriteSet set = TxReadWriteSet.parseFrom(peer.lastSimulator.result().publicRwset());
    assertEquals(0, set.getNsRwsetCount());
  }

  @Test
  void unknownChannel() {
    assertFails("callee/none", "failed to find ledger for channel: none");
  }

  @Test
  void unknownCallee() {
    assertFails(
        "nobody",
        "execute failed: invalid invocation: [channel ch] failed to get chaincode container info"
            + " for nobody: chaincode nobody not found");
  }

  @Test
  void accessIsChecked() {
    peer.denial = "access denied for [x]";
    assertFails("callee", "access denied for [x]");
    assertEquals("qscc on ch with 1", answer("qscc"));
  }

  @Test
  void systemChaincode() {
    assertEquals("qscc on ch with 1", answer("qscc"));
    assertEquals("qscc on other with 1", answer("qscc/other"));
  }

  @Test
  void chaincodeMayNotBeReentered() {
    assertFails("caller", "execute failed: error sending: txid: tx1(ch) exists");
  }

  @Test
  void initializationOfTheCalleeIsEnforced() {
    String id = peer.definitions.get("callee").chaincodeId();
    peer.definitions.put("callee", new EndorsementInfo("1.0", true, id, "escc"));
    assertFails(
        "callee",
        "execute failed: invalid invocation: chaincode 'callee' has not been initialized for this"
            + " version, must call as init first");
  }

  private String answer(String target) {
    return peer.execute("caller", target).response().getPayload().toStringUtf8();
  }

  private void assertFails(String target, String text) {
    assertEquals(
        "transaction returned with failure: INVOKE_CHAINCODE failed: transaction ID: tx1: " + text,
        assertThrows(ChaincodeException.class, () -> peer.execute("caller", target)).getMessage());
  }
}
