package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.SampleChannel;
import org.blockraft.identity.Signer;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.ledger.rwset.NsReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataEntry;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataWrite;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVWrite;
import org.hyperledger.fabric.protos.peer.ChaincodeAction;
import org.hyperledger.fabric.protos.peer.ChaincodeActionPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeEndorsedAction;
import org.hyperledger.fabric.protos.peer.ChaincodeHeaderExtension;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.Endorsement;
import org.hyperledger.fabric.protos.peer.ProposalResponsePayload;
import org.hyperledger.fabric.protos.peer.Transaction;
import org.hyperledger.fabric.protos.peer.TransactionAction;

/** A signed and endorsed transaction, put together call by call. */
final class SampleTransaction {

  private final Signer creator;
  private final String chaincode;
  private final List<NsReadWriteSet> namespaces = new ArrayList<>();
  private final List<Signer> endorsers = new ArrayList<>();
  private String version = "1";
  private ByteString proposalPayload = ByteString.copyFromUtf8("proposal");

  SampleTransaction(LocalMsp creator, String chaincode) {
    this.creator = creator.signer();
    this.chaincode = chaincode;
  }

  SampleTransaction writes(String namespace, String... keys) {
    KVRWSet.Builder set = KVRWSet.newBuilder();
    for (String key : keys) {
      set.addWrites(KVWrite.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8("v")));
    }
    return add(namespace, set);
  }

  SampleTransaction puts(String namespace, String key, ByteString value) {
    return add(
        namespace,
        KVRWSet.newBuilder().addWrites(KVWrite.newBuilder().setKey(key).setValue(value)));
  }

  SampleTransaction version(String executed) {
    version = executed;
    return this;
  }

  SampleTransaction proposalPayload(ByteString payload) {
    proposalPayload = payload;
    return this;
  }

  SampleTransaction changesMetadata(String namespace, String key) {
    return add(
        namespace,
        KVRWSet.newBuilder()
            .addMetadataWrites(
                KVMetadataWrite.newBuilder()
                    .setKey(key)
                    .addEntries(KVMetadataEntry.newBuilder().setName("m"))));
  }

  SampleTransaction endorsedBy(LocalMsp... peers) {
    for (LocalMsp peer : peers) {
      endorsers.add(peer.signer());
    }
    return this;
  }

  ByteString build() {
    SignatureHeader header = creator.newSignatureHeader();
    MessageDigest digest = Sha256.digest();
    digest.update(header.getNonce().toByteArray());
    digest.update(header.getCreator().toByteArray());
    ByteString channelHeader =
        ChannelHeader.newBuilder()
            .setType(HeaderType.ENDORSER_TRANSACTION_VALUE)
            .setChannelId(SampleChannel.ID)
            .setTxId(HexFormat.of().formatHex(digest.digest()))
            .setExtension(
                ChaincodeHeaderExtension.newBuilder()
                    .setChaincodeId(ChaincodeID.newBuilder().setName(chaincode))
                    .build()
                    .toByteString())
            .build()
            .toByteString();
    ByteString signatureHeader = header.toByteString();
    Transaction transaction =
        Transaction.newBuilder()
            .addActions(
                TransactionAction.newBuilder()
                    .setHeader(signatureHeader)
                    .setPayload(action(channelHeader, signatureHeader)))
            .build();
    ByteString payload =
        Payload.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(channelHeader)
                    .setSignatureHeader(signatureHeader))
            .setData(transaction.toByteString())
            .build()
            .toByteString();
    return signed(creator, payload);
  }

  static ByteString config(LocalMsp creator, ByteString content) {
    ByteString payload =
        Payload.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(
                        ChannelHeader.newBuilder()
                            .setType(HeaderType.CONFIG_VALUE)
                            .setChannelId(SampleChannel.ID)
                            .build()
                            .toByteString())
                    .setSignatureHeader(creator.signer().newSignatureHeader().toByteString()))
            .setData(content)
            .build()
            .toByteString();
    return signed(creator.signer(), payload);
  }

  private static ByteString signed(Signer signer, ByteString payload) {
    return Envelope.newBuilder()
        .setPayload(payload)
        .setSignature(ByteString.copyFrom(signer.sign(payload.toByteArray())))
        .build()
        .toByteString();
  }

  private ByteString action(ByteString channelHeader, ByteString signatureHeader) {
    MessageDigest digest = Sha256.digest();
    digest.update(channelHeader.toByteArray());
    digest.update(signatureHeader.toByteArray());
    digest.update(proposalPayload.toByteArray());
    ByteString response =
        ProposalResponsePayload.newBuilder()
            .setProposalHash(ByteString.copyFrom(digest.digest()))
            .setExtension(
                ChaincodeAction.newBuilder()
                    .setResults(
                        TxReadWriteSet.newBuilder()
                            .addAllNsRwset(namespaces)
                            .build()
                            .toByteString())
                    .setChaincodeId(ChaincodeID.newBuilder().setName(chaincode).setVersion(version))
                    .build()
                    .toByteString())
            .build()
            .toByteString();
    ChaincodeEndorsedAction.Builder action =
        ChaincodeEndorsedAction.newBuilder().setProposalResponsePayload(response);
    for (Signer endorser : endorsers) {
      byte[] message = response.concat(endorser.serialized()).toByteArray();
      action.addEndorsements(
          Endorsement.newBuilder()
              .setEndorser(endorser.serialized())
              .setSignature(ByteString.copyFrom(endorser.sign(message))));
    }
    return ChaincodeActionPayload.newBuilder()
        .setChaincodeProposalPayload(proposalPayload)
        .setAction(action)
        .build()
        .toByteString();
  }

  private SampleTransaction add(String namespace, KVRWSet.Builder set) {
    namespaces.add(
        NsReadWriteSet.newBuilder()
            .setNamespace(namespace)
            .setRwset(set.build().toByteString())
            .build());
    return this;
  }
}
