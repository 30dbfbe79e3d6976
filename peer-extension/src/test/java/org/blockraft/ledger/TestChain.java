package org.blockraft.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.validate.ValidatedBlock;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.MSPRole;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionHashedReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.HashedRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRead;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVWrite;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVWriteHash;
import org.hyperledger.fabric.protos.peer.ChaincodeAction;
import org.hyperledger.fabric.protos.peer.ChaincodeActionPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeEndorsedAction;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.CollectionPolicyConfig;
import org.hyperledger.fabric.protos.peer.ProposalResponsePayload;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.hyperledger.fabric.protos.peer.Transaction;
import org.hyperledger.fabric.protos.peer.TransactionAction;
import org.hyperledger.fabric.protos.peer.lifecycle.StateData;
import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;

/** Makes blocks that follow each other, of transactions with given effects. */
final class TestChain {
  static final String CHANNEL = "testchannel";
  static final String CHAINCODE = "basic";
  static final String MSP = "Org1MSP";

  static final Timestamp TIMESTAMP =
      Timestamp.newBuilder().setSeconds(1_700_000_000L).setNanos(7).build();

  private long next;
  private ByteString previous = ByteString.EMPTY;

  /** The genesis block. */
  Block genesis() {
    ByteString config =
        ConfigEnvelope.newBuilder()
            .setConfig(Config.newBuilder().setSequence(1))
            .build()
            .toByteString();
    return block(List.of(envelope(HeaderType.CONFIG, "", config)));
  }

  /** The next block, which the orderer has just cut. */
  Block block(List<ByteString> envelopes) {
    BlockData data = BlockData.newBuilder().addAllData(envelopes).build();
    BlockHeader header =
        BlockHeader.newBuilder()
            .setNumber(next++)
            .setPreviousHash(previous)
            .setDataHash(ByteString.copyFrom(BlockHeaders.dataHash(data)))
            .build();
    previous = ByteString.copyFrom(BlockHeaders.headerHash(header));
    BlockMetadata.Builder metadata = BlockMetadata.newBuilder();
    metadata.addMetadata(ByteString.copyFromUtf8("signatures of " + header.getNumber()));
    metadata.addMetadata(ByteString.EMPTY).addMetadata(ByteString.EMPTY);
    return Block.newBuilder().setHeader(header).setData(data).setMetadata(metadata).build();
  }

  ValidatedBlock valid(ByteString... envelopes) {
    return validated(block(List.of(envelopes)));
  }

  static ValidatedBlock validated(Block block) {
    return ValidatedBlock.allValid(verified(block));
  }

  static ValidatedBlock flagged(Block block, int... flags) {
    byte[] bytes = new byte[flags.length];
    for (int i = 0; i < flags.length; i++) {
      bytes[i] = (byte) flags[i];
    }
    return ValidatedBlock.withFlags(verified(block), bytes);
  }

  static VerifiedBlock verified(Block block) {
    return new VerifiedBlock(
        block, block.toByteString(), BlockHeaders.headerHash(block.getHeader()));
  }

  /** A transaction that writes keys of {@link #CHAINCODE}; an empty value deletes. */
  static ByteString writes(String txId, Map<String, String> values) {
    return transaction(txId, CHAINCODE, rwset(List.of(), values), List.of());
  }

  /** A transaction that read keys that were absent, and writes. */
  static ByteString readsAbsent(String txId, List<String> keys, Map<String, String> values) {
    return transaction(txId, CHAINCODE, rwset(keys, values), List.of());
  }

  static KVRWSet rwset(List<String> absent, Map<String, String> values) {
    KVRWSet.Builder set = KVRWSet.newBuilder();
    absent.forEach(key -> set.addReads(KVRead.newBuilder().setKey(key)));
    values.forEach(
        (key, value) ->
            set.addWrites(
                KVWrite.newBuilder()
                    .setKey(key)
                    .setIsDelete(value.isEmpty())
                    .setValue(ByteString.copyFromUtf8(value))));
    return set.build();
  }

  /** A transaction that writes private keys; an empty value deletes. */
  static ByteString privateWrites(String txId, String collection, Map<String, String> values) {
    return privateWrites(txId, collection, values, false);
  }

  static ByteString purges(String txId, String collection, Map<String, String> values) {
    return privateWrites(txId, collection, values, true);
  }

  private static ByteString privateWrites(
      String txId, String collection, Map<String, String> values, boolean purge) {
    HashedRWSet.Builder hashed = HashedRWSet.newBuilder();
    values.forEach(
        (key, value) -> {
          KVWriteHash.Builder write =
              KVWriteHash.newBuilder().setKeyHash(ByteString.copyFrom(Hash.sha256(bytes(key))));
          if (value.isEmpty()) {
            write.setIsDelete(true).setIsPurge(purge);
          } else {
            write.setValueHash(ByteString.copyFrom(Hash.sha256(bytes(value))));
          }
          hashed.addHashedWrites(write);
        });
    CollectionHashedReadWriteSet.Builder set =
        CollectionHashedReadWriteSet.newBuilder()
            .setCollectionName(collection)
            .setHashedRwset(hashed.build().toByteString());
    set.setPvtRwsetHash(ByteString.copyFrom(Hash.sha256(rwset(List.of(), values).toByteString())));
    return transaction(txId, CHAINCODE, KVRWSet.getDefaultInstance(), List.of(set.build()));
  }

  /** The plain side of {@link #privateWrites}. */
  static TxPvtReadWriteSetWithConfigInfo plain(String collection, Map<String, String> values) {
    return TxPvtReadWriteSetWithConfigInfo.newBuilder()
        .setPvtRwset(plainSet(collection, rwset(List.of(), values)))
        .build();
  }

  static TxPvtReadWriteSet plainSet(String collection, KVRWSet writes) {
    return TxPvtReadWriteSet.newBuilder()
        .addNsPvtRwset(
            NsPvtReadWriteSet.newBuilder()
                .setNamespace(CHAINCODE)
                .addCollectionPvtRwset(
                    CollectionPvtReadWriteSet.newBuilder()
                        .setCollectionName(collection)
                        .setRwset(writes.toByteString())))
        .build();
  }

  /** A transaction that commits a definition of {@link #CHAINCODE} with collections. */
  static ByteString definition(String txId, StaticCollectionConfig... collections) {
    CollectionConfigPackage.Builder all = CollectionConfigPackage.newBuilder();
    for (StaticCollectionConfig collection : collections) {
      all.addConfig(CollectionConfig.newBuilder().setStaticCollectionConfig(collection));
    }
    String fields = "namespaces/fields/" + CHAINCODE;
    KVRWSet set =
        KVRWSet.newBuilder()
            .addWrites(
                KVWrite.newBuilder()
                    .setKey(fields + "/Collections")
                    .setValue(
                        StateData.newBuilder()
                            .setBytes(all.build().toByteString())
                            .build()
                            .toByteString()))
            .addWrites(
                KVWrite.newBuilder()
                    .setKey(fields + "/Sequence")
                    .setValue(StateData.newBuilder().setInt64(1).build().toByteString()))
            .build();
    return transaction(txId, "_lifecycle", set, List.of());
  }

  static StaticCollectionConfig collection(String name, long blockToLive, String... members) {
    SignaturePolicyEnvelope.Builder policy = SignaturePolicyEnvelope.newBuilder();
    for (String member : members) {
      policy.addIdentities(
          MSPPrincipal.newBuilder()
              .setPrincipalClassification(MSPPrincipal.Classification.ROLE)
              .setPrincipal(MSPRole.newBuilder().setMspIdentifier(member).build().toByteString()));
    }
    return StaticCollectionConfig.newBuilder()
        .setName(name)
        .setBlockToLive(blockToLive)
        .setMemberOrgsPolicy(CollectionPolicyConfig.newBuilder().setSignaturePolicy(policy))
        .build();
  }

  private static ByteString transaction(
      String txId, String namespace, KVRWSet set, List<CollectionHashedReadWriteSet> hashed) {
    TxReadWriteSet results =
        TxReadWriteSet.newBuilder()
            .addNsRwset(
                NsReadWriteSet.newBuilder()
                    .setNamespace(namespace)
                    .setRwset(set.toByteString())
                    .addAllCollectionHashedRwset(hashed))
            .build();
    ChaincodeAction action =
        ChaincodeAction.newBuilder()
            .setResults(results.toByteString())
            .setChaincodeId(ChaincodeID.newBuilder().setName(namespace).setVersion("1.0"))
            .build();
    ProposalResponsePayload response =
        ProposalResponsePayload.newBuilder()
            .setProposalHash(ByteString.copyFromUtf8("hash"))
            .setExtension(action.toByteString())
            .build();
    ChaincodeActionPayload payload =
        ChaincodeActionPayload.newBuilder()
            .setAction(
                ChaincodeEndorsedAction.newBuilder()
                    .setProposalResponsePayload(response.toByteString()))
            .build();
    Transaction transaction =
        Transaction.newBuilder()
            .addActions(
                TransactionAction.newBuilder()
                    .setHeader(signatureHeader())
                    .setPayload(payload.toByteString()))
            .build();
    return envelope(HeaderType.ENDORSER_TRANSACTION, txId, transaction.toByteString());
  }

  private static ByteString envelope(HeaderType type, String txId, ByteString data) {
    ChannelHeader header =
        ChannelHeader.newBuilder()
            .setType(type.getNumber())
            .setChannelId(CHANNEL)
            .setTxId(txId)
            .setTimestamp(TIMESTAMP)
            .build();
    Payload payload =
        Payload.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(header.toByteString())
                    .setSignatureHeader(signatureHeader()))
            .setData(data)
            .build();
    return Envelope.newBuilder()
        .setPayload(payload.toByteString())
        .setSignature(ByteString.copyFromUtf8("signature"))
        .build()
        .toByteString();
  }

  private static ByteString signatureHeader() {
    return SignatureHeader.newBuilder()
        .setCreator(ByteString.copyFromUtf8("creator"))
        .setNonce(ByteString.copyFromUtf8("nonce"))
        .build()
        .toByteString();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
