package org.blockraft.chaincode;

import static org.blockraft.chaincode.ScriptedChaincode.ok;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.DEL_STATE;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.GET_PRIVATE_DATA_HASH;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.GET_STATE;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.GET_STATE_METADATA;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.PURGE_PRIVATE_DATA;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.PUT_STATE;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.PUT_STATE_METADATA;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.hyperledger.fabric.protos.peer.DelState;
import org.hyperledger.fabric.protos.peer.GetState;
import org.hyperledger.fabric.protos.peer.GetStateMetadata;
import org.hyperledger.fabric.protos.peer.PutState;
import org.hyperledger.fabric.protos.peer.PutStateMetadata;
import org.hyperledger.fabric.protos.peer.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateDataTest {
  private static final String SECRETS = "secrets";

  @TempDir Path directory;
  private TestPeer peer;
  private ScriptedChaincode chaincode;

  @BeforeEach
  void start() throws Exception {
    peer = new TestPeer(directory);
    chaincode = peer.serve("cc", PrivateDataTest::run);
  }

  @AfterEach
  void stop() {
    chaincode.close();
    peer.close();
  }

  private static Response run(ScriptedChaincode.Transaction tx) throws Exception {
    ByteString answer =
        switch (tx.argument(0)) {
          case "get" -> tx.ask(GET_STATE, get());
          case "put" -> {
            tx.ask(PUT_STATE, put("a"));
            tx.ask(PUT_STATE, put("b"));
            yield tx.ask(DEL_STATE, delete(SECRETS));
          }
          case "purge" -> tx.ask(PURGE_PRIVATE_DATA, delete(SECRETS));
          case "purge public" -> tx.ask(PURGE_PRIVATE_DATA, delete(""));
          case "hash" -> tx.ask(GET_PRIVATE_DATA_HASH, get());
          case "set metadata" -> tx.ask(PUT_STATE_METADATA, metadata(""));
          case "metadata" ->
              tx.ask(GET_STATE_METADATA, GetStateMetadata.newBuilder().setKey("k").build());
          default -> throw new IllegalArgumentException(tx.argument(0));
        };
    return ok(answer);
  }

  @Test
  void readNeedsReadAccess() {
    assertFails(
        "get",
        "GET_STATE failed: transaction ID: tx1: tx creator does not have read access permission on"
            + " privatedata in chaincodeName:cc collectionName: secrets");
    peer.readable.add(SECRETS);
    assertEquals(200, peer.execute("cc", "get").response().getStatus());
  }

  @Test
  void writesNeedWriteAccessAndAskForItOnce() throws Exception {
    assertFails(
        "put",
        "PUT_STATE failed: transaction ID: tx1: tx creator does not have write access permission on"
            + " privatedata in chaincodeName:cc collectionName: secrets");
    peer.writable.add(SECRETS);
    peer.accessChecks.set(0);
    peer.execute("cc", "put");
    assertEquals(1, peer.accessChecks.get());
    NsPvtReadWriteSet written = peer.lastSimulator.result().privateRwset().getNsPvtRwset(0);
    KVRWSet set = KVRWSet.parseFrom(written.getCollectionPvtRwset(0).getRwset());
    assertEquals(3, set.getWritesCount());
  }

  @Test
  void purgeNeedsItsCapabilityAndACollection() {
    peer.writable.add(SECRETS);
    assertEquals(200, peer.execute("cc", "purge").response().getStatus());
    assertFails(
        "purge public",
        "PURGE_PRIVATE_DATA failed: transaction ID: tx2: only applicable for private data");
    peer.capabilities = false;
    assertFails(
        "purge",
        "PURGE_PRIVATE_DATA failed: transaction ID: tx3: purge private data is not enabled, channel"
            + " application capability of V2_5 or later is required");
  }

  @Test
  void metadataNeedsItsCapability() {
    assertEquals(200, peer.execute("cc", "set metadata").response().getStatus());
    assertEquals(200, peer.execute("cc", "metadata").response().getStatus());
    peer.capabilities = false;
    assertFails(
        "metadata",
        "GET_STATE_METADATA failed: transaction ID: tx3: key level endorsement is not enabled,"
            + " channel application capability of V1_3 or later is required");
  }

  @Test
  void hashNeedsNoAccess() {
    assertEquals(200, peer.execute("cc", "hash").response().getStatus());
    assertEquals(0, peer.accessChecks.get());
  }

  @Test
  void initMayNotTouchPrivateData() {
    String id = peer.definitions.get("cc").chaincodeId();
    peer.definitions.put("cc", new EndorsementInfo("1.0", true, id, "escc"));
    for (String call : new String[] {"get", "put", "hash"}) {
      String message =
          assertThrows(
                  ChaincodeException.class,
                  () ->
                      peer.execute("cc", TestPeer.input(call).toBuilder().setIsInit(true).build()))
              .getMessage();
      assertEquals(
          "private data APIs are not allowed in chaincode Init()",
          message.substring(message.lastIndexOf(": ") + 2));
    }
  }

  private void assertFails(String call, String text) {
    assertEquals(
        "transaction returned with failure: " + text,
        assertThrows(ChaincodeException.class, () -> peer.execute("cc", call)).getMessage());
  }

  private static GetState get() {
    return GetState.newBuilder().setCollection(SECRETS).setKey("k").build();
  }

  private static PutState put(String key) {
    return PutState.newBuilder()
        .setCollection(SECRETS)
        .setKey(key)
        .setValue(ByteString.copyFromUtf8("v"))
        .build();
  }

  private static DelState delete(String collection) {
    return DelState.newBuilder().setCollection(collection).setKey("k").build();
  }

  private static PutStateMetadata metadata(String collection) {
    PutStateMetadata.Builder put =
        PutStateMetadata.newBuilder().setCollection(collection).setKey("k");
    put.getMetadataBuilder().setMetakey("m").setValue(ByteString.copyFromUtf8("v"));
    return put.build();
  }
}
