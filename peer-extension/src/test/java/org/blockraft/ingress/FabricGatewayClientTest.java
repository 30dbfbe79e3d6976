package org.blockraft.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.blockraft.ledger.TxStatus;
import org.hyperledger.fabric.client.ChaincodeEvent;
import org.hyperledger.fabric.client.CloseableIterator;
import org.hyperledger.fabric.client.CommitStatusException;
import org.hyperledger.fabric.client.Contract;
import org.hyperledger.fabric.client.EndorseException;
import org.hyperledger.fabric.client.Gateway;
import org.hyperledger.fabric.client.Network;
import org.hyperledger.fabric.client.Status;
import org.hyperledger.fabric.client.SubmittedTransaction;
import org.hyperledger.fabric.client.identity.Signers;
import org.hyperledger.fabric.client.identity.X509Identity;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.peer.TxValidationCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The published client against the gateway. */
final class FabricGatewayClientTest {
  private GatewayFixture fixture;
  private Gateway client;

  @BeforeEach
  void connect() throws Exception {
    fixture = new GatewayFixture();
    fixture.channel.orderers = List.of(GatewayFixture.ordererAt("orderer:7050"));
    var credential = GatewayFixture.CLIENT.credential();
    client =
        Gateway.newInstance()
            .identity(new X509Identity("Org1MSP", credential.certificate()))
            .signer(Signers.newPrivateKeySigner(credential.keys().getPrivate()))
            .connection(fixture.server.connection)
            .connect();
  }

  @AfterEach
  void disconnect() {
    client.close();
    fixture.close();
  }

  private Contract contract() {
    return client.getNetwork(TestBlocks.CHANNEL).getContract("mycc");
  }

  @Test
  void evaluates() throws Exception {
    assertEquals(
        "result",
        new String(contract().evaluateTransaction("read", "key"), StandardCharsets.UTF_8));
  }

  @Test
  void submitsAndHearsOfTheCommit() throws Exception {
    SubmittedTransaction submitted =
        contract()
            .newProposal("write")
            .addArguments("key", "value")
            .build()
            .endorse()
            .submitAsync();
    assertEquals("result", new String(submitted.getResult(), StandardCharsets.UTF_8));
    Envelope sent = fixture.submitted;
    assertEquals(false, sent.getSignature().isEmpty());
    String txId = submitted.getTransactionId();
    Thread committer =
        Thread.ofVirtual()
            .start(
                () -> {
                  Awaitility.await().until(() -> fixture.channel.isAwaited(txId));
                  fixture.channel.commit(
                      new TxStatus(txId, TxValidationCode.MVCC_READ_CONFLICT, 7));
                });
    Status status = submitted.getStatus();
    committer.join();
    assertEquals(TxValidationCode.MVCC_READ_CONFLICT, status.getCode());
    assertEquals(7, status.getBlockNumber());
    // Known by now: the answer comes at once.
    assertEquals(7, submitted.getStatus().getBlockNumber());
  }

  @Test
  void deadlineEndsTheWaitForACommit() throws Exception {
    SubmittedTransaction submitted =
        contract().newProposal("write").build().endorse().submitAsync();
    CommitStatusException failure =
        assertThrows(
            CommitStatusException.class,
            () -> submitted.getStatus(o -> o.withDeadlineAfter(300, TimeUnit.MILLISECONDS)));
    assertEquals(io.grpc.Status.Code.DEADLINE_EXCEEDED, failure.getStatus().getCode());
  }

  @Test
  void showsDetailsOfAFailedEndorsement() {
    fixture.endorser = _ -> GatewayFixture.failed(500, "boom", "payload");
    EndorseException failure =
        assertThrows(EndorseException.class, () -> contract().submitTransaction("write"));
    assertEquals("chaincode response 500, boom", failure.getDetails().getFirst().getMessage());
    assertEquals(GatewayFixture.ADDRESS, failure.getDetails().getFirst().getAddress());
    assertEquals("Org1MSP", failure.getDetails().getFirst().getMspId());
  }

  @Test
  void replaysAndFollowsEvents() {
    for (int i = 0; i < 3; i++) {
      fixture.channel.add(TestBlocks.block(i));
      fixture.channel.commit(new TxStatus("tx" + i, TxValidationCode.VALID, i));
    }
    fixture.channel.add(
        TestBlocks.block(
            3,
            List.of(
                TestBlocks.transaction("other", "othercc"),
                TestBlocks.transaction("invalid", "mycc"),
                TestBlocks.transaction("tx3", "mycc")),
            TxValidationCode.VALID,
            TxValidationCode.MVCC_READ_CONFLICT,
            TxValidationCode.VALID));
    Network network = client.getNetwork(TestBlocks.CHANNEL);
    try (CloseableIterator<ChaincodeEvent> events =
        network.newChaincodeEventsRequest("mycc").startBlock(1).build().getEvents()) {
      assertEquals("event-tx1", events.next().getEventName());
      assertEquals("event-tx2", events.next().getEventName());
      ChaincodeEvent third = events.next();
      assertEquals("tx3", third.getTransactionId());
      assertEquals(3, third.getBlockNumber());
      assertEquals("payload-tx3", new String(third.getPayload(), StandardCharsets.UTF_8));
      fixture.channel.add(TestBlocks.block(4));
      assertEquals("event-tx4", events.next().getEventName());
    }
    var after =
        new org.hyperledger.fabric.client.Checkpointer() {
          @Override
          public java.util.OptionalLong getBlockNumber() {
            return java.util.OptionalLong.of(1);
          }

          @Override
          public java.util.Optional<String> getTransactionId() {
            return java.util.Optional.of("tx1");
          }

          @Override
          public void checkpointBlock(long blockNumber) {}

          @Override
          public void checkpointTransaction(long blockNumber, String transactionId) {}

          @Override
          public void checkpointChaincodeEvent(ChaincodeEvent event) {}
        };
    try (CloseableIterator<ChaincodeEvent> events =
        network.newChaincodeEventsRequest("mycc").checkpoint(after).build().getEvents()) {
      assertEquals("event-tx2", events.next().getEventName());
    }
  }
}
