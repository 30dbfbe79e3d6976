package org.blockraft.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.ledger.rwset.NsReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataWrite;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVWrite;
import org.hyperledger.fabric.protos.peer.ChaincodeAction;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.ProposalResponsePayload;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.TxValidationCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Blocks over which a stock peer's process ends or waits for ever, so that there is nothing to
 * compare: ours must give the bad transactions an invalid flag, the good ones their due, and go on.
 */
class HardBlocksTest {
  @TempDir private Path folder;

  private ChainReplay replay;
  private BlockForge forge;
  private Party client;
  private Party peer;

  @BeforeEach
  void replayTheRecordedChain() throws IOException {
    Recording recording = Recordings.load("stock-2.5.16.zip");
    Path crypto = folder.resolve("crypto");
    recording.unpackCrypto(crypto);
    Path org = crypto.resolve("peerOrganizations/org1.example.com");
    client = Party.load(org.resolve("users/User1@org1.example.com/msp"), "Org1MSP");
    peer = Party.load(org.resolve("peers/peer1.org1.example.com/msp"), "Org1MSP");
    Party orderer =
        Party.load(
            crypto.resolve("ordererOrganizations/example.com/orderers/orderer.example.com/msp"),
            "OrdererMSP");
    List<Block> blocks = recording.blocks();
    replay = new ChainReplay(folder.resolve("ledgers"), blocks.getFirst(), "Org1MSP");
    blocks.subList(1, blocks.size()).forEach(replay::append);
    forge = new BlockForge(orderer, blocks.getLast());
  }

  @AfterEach
  void close() {
    replay.close();
  }

  @Test
  void anUnreadableTransactionDoesNotHoldUpThoseAfterIt() {
    List<Consumer<TransactionBuilder>> faults = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      if (fault.alone()) {
        faults.add(t -> fault.apply(t, parties()));
      }
    }
    faults.add(t -> t.bendAction(a -> a.clearPayload()));
    faults.add(t -> t.bendActionPayload(a -> a.clearAction()));
    faults.add(t -> t.bendPayload(p -> p.clearHeader()));
    faults.add(t -> t.bendEnvelope(e -> e.setPayload(ByteString.copyFromUtf8("?"))));
    for (Consumer<TransactionBuilder> fault : faults) {
      TransactionBuilder bad = transaction(write("bad"));
      fault.accept(bad);
      byte[] flags = commit(transaction(write("before")), bad, transaction(write("after")));
      assertEquals(
          List.of(true, false, true),
          IntStream.range(0, flags.length).mapToObj(i -> flags[i] == 0).toList(),
          Arrays.toString(flags));
    }
  }

  @Test
  void aPolicyForAKeyThatTheBlockDeletesLeavesItDeleted() {
    KVRWSet delete =
        KVRWSet.newBuilder()
            .addWrites(KVWrite.newBuilder().setKey("gone").setIsDelete(true))
            .build();
    KVRWSet policy =
        KVRWSet.newBuilder().addMetadataWrites(KVMetadataWrite.newBuilder().setKey("gone")).build();
    assertEquals(List.of(TxValidationCode.VALID), codes(commit(transaction(write("gone")))));
    assertEquals(
        List.of(TxValidationCode.VALID, TxValidationCode.VALID),
        codes(commit(transaction(delete), transaction(policy))));
    assertEquals(List.of(TxValidationCode.VALID), codes(commit(transaction(write("gone")))));
  }

  @Test
  void aRepeatedTransactionThatSetsAPolicyDoesNotHoldUpItsKey() {
    KVRWSet policy =
        write("kept").toBuilder()
            .addMetadataWrites(KVMetadataWrite.newBuilder().setKey("kept"))
            .build();
    TransactionBuilder once = transaction(policy);
    assertEquals(List.of(TxValidationCode.VALID), codes(commit(once)));
    assertEquals(
        List.of(TxValidationCode.DUPLICATE_TXID, TxValidationCode.VALID),
        codes(commit(once, transaction(write("kept")))));
  }

  private static KVRWSet write(String key) {
    return KVRWSet.newBuilder()
        .addWrites(KVWrite.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8("v")))
        .build();
  }

  /** One organization's endorsement is enough at the end of the recorded chain. */
  private TransactionBuilder transaction(KVRWSet content) {
    Draft draft =
        new ProposalBuilder(client, DifferentialNetwork.CHANNEL, "probe").args("run").build();
    ByteString results =
        TxReadWriteSet.newBuilder()
            .addNsRwset(
                NsReadWriteSet.newBuilder().setNamespace("probe").setRwset(content.toByteString()))
            .build()
            .toByteString();
    ChaincodeAction action =
        ChaincodeAction.newBuilder()
            .setResults(results)
            .setResponse(Response.newBuilder().setStatus(200))
            .setChaincodeId(ChaincodeID.newBuilder().setName("probe").setVersion("2.0"))
            .build();
    ByteString payload =
        ProposalResponsePayload.newBuilder()
            .setProposalHash(draft.proposalHash())
            .setExtension(action.toByteString())
            .build()
            .toByteString();
    return new TransactionBuilder(draft, payload, List.of(peer.endorse(payload)));
  }

  private byte[] commit(TransactionBuilder... transactions) {
    List<Envelope> envelopes = Arrays.stream(transactions).map(t -> t.build()).toList();
    return StockChain.flags(replay.append(forge.next(envelopes)));
  }

  private static List<TxValidationCode> codes(byte[] flags) {
    return IntStream.range(0, flags.length)
        .mapToObj(i -> TxValidationCode.forNumber(flags[i] & 0xff))
        .toList();
  }

  private Parties parties() {
    return new Parties(peer, peer, peer, client, client, client, client, client, client);
  }
}
