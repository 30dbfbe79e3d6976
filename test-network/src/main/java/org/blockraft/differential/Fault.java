package org.blockraft.differential;

import com.google.protobuf.ByteString;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.blockraft.testnet.Protos;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.peer.ChaincodeActionPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeEvent;
import org.hyperledger.fabric.protos.peer.ChaincodeHeaderExtension;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.ChaincodeProposalPayload;
import org.hyperledger.fabric.protos.peer.Endorsement;
import org.hyperledger.fabric.protos.peer.Response;

/**
 * One way in which a transaction can be wrong, or odd and still right. All of them pass an orderer,
 * which looks at the headers' form and the creator's signature only. A transaction without the
 * endorsed action is not among them: a stock peer's process ends over it.
 */
enum Fault {
  ONE_ENDORSER((t, who) -> t.endorsements.removeLast()),
  NO_ENDORSEMENTS((t, who) -> t.endorsements.clear()),
  SAME_ENDORSER_TWICE(
      (t, who) -> {
        Endorsement first = t.endorsements.getFirst();
        t.endorsements.clear();
        t.endorsements.addAll(List.of(first, first));
      }),
  SAME_ENDORSER_TWO_SIGNATURES((t, who) -> t.endorse(List.of(who.peer1(), who.peer1()))),
  ENDORSER_FIRST_TWICE((t, who) -> t.endorsements.add(0, who.peer2().endorse(t.endorsed()))),
  TWO_PEERS_OF_ONE_ORGANIZATION((t, who) -> t.endorse(List.of(who.peer1(), who.otherPeer1()))),
  ENDORSED_BY_CLIENTS((t, who) -> t.endorse(List.of(who.client(), who.client2()))),
  ENDORSED_BY_ORDERER((t, who) -> t.endorse(List.of(who.peer1(), who.orderer()))),
  ENDORSED_BY_ALL((t, who) -> t.endorse(List.of(who.otherPeer1(), who.peer2(), who.peer1()))),
  BROKEN_ENDORSEMENT(
      (t, who) ->
          t.endorsements.set(
              0,
              t.endorsements.getFirst().toBuilder()
                  .setSignature(broken(t.endorsements.getFirst().getSignature()))
                  .build())),
  BROKEN_AND_ENOUGH(
      (t, who) -> {
        t.endorse(List.of(who.peer1(), who.peer2(), who.otherPeer1()));
        Endorsement third = t.endorsements.get(2);
        t.endorsements.set(2, third.toBuilder().setSignature(broken(third.getSignature())).build());
      }),
  EMPTY_SIGNATURE(
      (t, who) ->
          t.endorsements.set(0, t.endorsements.getFirst().toBuilder().clearSignature().build())),
  UNREADABLE_ENDORSER(
      (t, who) ->
          t.endorsements.set(
              0,
              t.endorsements.getFirst().toBuilder()
                  .setEndorser(ByteString.copyFromUtf8("nobody"))
                  .build())),
  SECOND_ENDORSER_EMPTY((t, who) -> t.endorsements.set(1, Endorsement.getDefaultInstance())),
  ENDORSED_SOMETHING_ELSE(
      (t, who) -> t.bendChaincodeAction(a -> a.setResponse(Response.newBuilder().setStatus(201)))),

  WRONG_PROPOSAL_HASH(
      (t, who) -> again(t.bendResponse(r -> r.setProposalHash(broken(r.getProposalHash()))), who)),
  NO_PROPOSAL_HASH((t, who) -> again(t.bendResponse(r -> r.clearProposalHash()), who)),
  ANSWER_WITH_ERROR(
      (t, who) ->
          again(
              t.bendChaincodeAction(
                  a -> a.setResponse(Response.newBuilder().setStatus(500).setMessage("no"))),
              who)),
  NO_ANSWER((t, who) -> again(t.bendChaincodeAction(a -> a.clearResponse()), who)),
  NO_CHAINCODE_ID((t, who) -> again(t.bendChaincodeAction(a -> a.clearChaincodeId()), who)),
  NO_CHAINCODE_NAME(
      (t, who) ->
          again(
              t.bendChaincodeAction(
                  a -> a.setChaincodeId(ChaincodeID.newBuilder().setVersion("1"))),
              who)),
  OTHER_CHAINCODE_NAME(
      (t, who) ->
          again(
              t.bendChaincodeAction(
                  a -> a.setChaincodeId(ChaincodeID.newBuilder().setName("else").setVersion("1"))),
              who)),
  OTHER_CHAINCODE_VERSION(
      (t, who) ->
          again(
              t.bendChaincodeAction(
                  a -> a.setChaincodeId(a.getChaincodeId().toBuilder().setVersion("9.9"))),
              who)),
  NO_CHAINCODE_VERSION(
      (t, who) ->
          again(
              t.bendChaincodeAction(
                  a -> a.setChaincodeId(a.getChaincodeId().toBuilder().clearVersion())),
              who)),
  NO_RESULTS((t, who) -> again(t.bendChaincodeAction(a -> a.clearResults()), who)),
  UNREADABLE_RESULTS((t, who) -> again(t.bendChaincodeAction(a -> a.setResults(garbage())), who)),
  UNREADABLE_ACTION((t, who) -> again(t.bendResponse(r -> r.setExtension(garbage())), who)),
  NO_ACTION((t, who) -> again(t.bendResponse(r -> r.clearExtension()), who)),
  UNREADABLE_RESPONSE((t, who) -> again(t.bendEndorsed(e -> garbage()), who)),
  EMPTY_RESPONSE((t, who) -> again(t.bendEndorsed(e -> ByteString.EMPTY), who)),
  UNREADABLE_EVENT((t, who) -> again(t.bendChaincodeAction(a -> a.setEvents(garbage())), who)),
  EVENT_OF_ANOTHER_CHAINCODE(
      (t, who) ->
          again(
              t.bendChaincodeAction(
                  a ->
                      a.setEvents(
                          ChaincodeEvent.newBuilder()
                              .setChaincodeId("else")
                              .setEventName("e")
                              .build()
                              .toByteString())),
              who)),
  UNKNOWN_FIELD_IN_RESPONSE((t, who) -> again(t.bendEndorsed(e -> e.concat(unknownField())), who)),
  UNKNOWN_FIELD_IN_RESULTS(
      (t, who) ->
          again(
              t.bendChaincodeAction(a -> a.setResults(a.getResults().concat(unknownField()))),
              who)),

  NO_ACTIONS((t, who) -> t.bendTransaction(x -> x.clearActions())),
  TWO_ACTIONS((t, who) -> t.bendTransaction(x -> x.addActions(x.getActions(0)))),
  UNREADABLE_TRANSACTION((t, who) -> t.bendPayload(p -> p.setData(garbage()))),
  EMPTY_TRANSACTION((t, who) -> t.bendPayload(p -> p.clearData())),
  TRAILING_FIELD((t, who) -> t.bendPayload(p -> p.setData(p.getData().concat(unknownField())))),
  UNREADABLE_ACTION_PAYLOAD((t, who) -> t.bendAction(a -> a.setPayload(garbage()))),
  NO_PROPOSAL_PAYLOAD(
      (t, who) ->
          t.bendActionPayload(ChaincodeActionPayload.Builder::clearChaincodeProposalPayload)),
  UNREADABLE_PROPOSAL_PAYLOAD(
      (t, who) -> t.bendActionPayload(a -> a.setChaincodeProposalPayload(garbage()))),
  TRANSIENT_IN_PAYLOAD(
      (t, who) ->
          t.bendActionPayload(
              a ->
                  a.setChaincodeProposalPayload(
                      a.getChaincodeProposalPayload()
                          .concat(
                              ChaincodeProposalPayload.newBuilder()
                                  .putTransientMap("t", ByteString.copyFromUtf8("v"))
                                  .build()
                                  .toByteString())))),
  ACTION_HEADER_EMPTY((t, who) -> t.bendAction(a -> a.clearHeader())),
  ACTION_HEADER_GARBAGE((t, who) -> t.bendAction(a -> a.setHeader(garbage()))),
  ACTION_HEADER_OF_ANOTHER(
      (t, who) ->
          t.bendAction(
              a -> a.setHeader(who.client2().signer().newSignatureHeader().toByteString()))),

  TYPE_MESSAGE((t, who) -> t.bendChannelHeader(h -> h.setType(HeaderType.MESSAGE_VALUE))),
  TYPE_UNKNOWN((t, who) -> t.bendChannelHeader(h -> h.setType(77))),
  TYPE_EIGHT((t, who) -> t.bendChannelHeader(h -> h.setType(8))),
  TYPE_TOKEN((t, who) -> t.bendChannelHeader(h -> h.setType(7))),
  EPOCH((t, who) -> t.bendChannelHeader(h -> h.setEpoch(1))),
  HEADER_VERSION((t, who) -> t.bendChannelHeader(h -> h.setVersion(3))),
  NO_TIMESTAMP((t, who) -> t.bendChannelHeader(h -> h.clearTimestamp())),
  TLS_HASH((t, who) -> t.bendChannelHeader(h -> h.setTlsCertHash(ByteString.copyFromUtf8("hash")))),
  WRONG_TXID((t, who) -> t.bendChannelHeader(h -> h.setTxId("0".repeat(64)))),
  NO_TXID((t, who) -> t.bendChannelHeader(h -> h.clearTxId())),
  NO_EXTENSION((t, who) -> t.bendChannelHeader(h -> h.clearExtension())),
  UNREADABLE_EXTENSION((t, who) -> t.bendChannelHeader(h -> h.setExtension(garbage()))),
  EXTENSION_NAMES_ANOTHER((t, who) -> t.bendChannelHeader(h -> h.setExtension(extension("else")))),
  EXTENSION_NAMES_NONE((t, who) -> t.bendChannelHeader(h -> h.setExtension(extension("")))),
  NO_NONCE(
      (t, who) ->
          t.bendSignatureHeader(h -> h.clearNonce())
              .bendChannelHeader(
                  h ->
                      h.setTxId(
                          Protos.transactionId(ByteString.EMPTY, t.draft.creator().serialized())))),
  OTHER_NONCE(
      (t, who) -> t.bendSignatureHeader(h -> h.setNonce(ByteString.copyFromUtf8("once more"))));

  /**
   * Faults that a stock peer survives only in a block without other transactions: before it checks
   * one transaction's key-level policies it looks for changes of policies in all transactions
   * before, also in those that are known to be bad. One that it cannot read makes it wait for ever;
   * one without the part it looks at ends its process.
   */
  private static final Set<Fault> ALONE =
      EnumSet.of(
          NO_ACTIONS,
          UNREADABLE_TRANSACTION,
          EMPTY_TRANSACTION,
          UNREADABLE_ACTION_PAYLOAD,
          UNREADABLE_RESPONSE,
          UNREADABLE_ACTION);

  @SuppressWarnings("ImmutableEnumChecker") // the lambdas hold nothing
  private final BiConsumer<TransactionBuilder, Parties> change;

  boolean alone() {
    return ALONE.contains(this);
  }

  Fault(BiConsumer<TransactionBuilder, Parties> change) {
    this.change = change;
  }

  void apply(TransactionBuilder transaction, Parties parties) {
    change.accept(transaction, parties);
  }

  private static void again(TransactionBuilder transaction, Parties parties) {
    transaction.endorse(List.of(parties.peer1(), parties.peer2()));
  }

  private static ByteString broken(ByteString bytes) {
    byte[] copy = bytes.toByteArray();
    copy[copy.length - 1] ^= 1;
    return ByteString.copyFrom(copy);
  }

  /** Bytes that are no message: a length-delimited field that ends too early. */
  private static ByteString garbage() {
    return ByteString.copyFrom(new byte[] {10, 100, 1, 2});
  }

  private static ByteString unknownField() {
    return ByteString.copyFrom(new byte[] {(byte) 0xf8, 7, 1});
  }

  private static ByteString extension(String chaincode) {
    return ChaincodeHeaderExtension.newBuilder()
        .setChaincodeId(ChaincodeID.newBuilder().setName(chaincode))
        .build()
        .toByteString();
  }
}
