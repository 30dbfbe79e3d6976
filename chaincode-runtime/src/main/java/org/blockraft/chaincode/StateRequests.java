package org.blockraft.chaincode;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.util.List;
import java.util.Map;
import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.peer.DelState;
import org.hyperledger.fabric.protos.peer.GetState;
import org.hyperledger.fabric.protos.peer.GetStateMetadata;
import org.hyperledger.fabric.protos.peer.GetStateMultiple;
import org.hyperledger.fabric.protos.peer.GetStateMultipleResult;
import org.hyperledger.fabric.protos.peer.PutState;
import org.hyperledger.fabric.protos.peer.PutStateMetadata;
import org.hyperledger.fabric.protos.peer.StateMetadata;
import org.hyperledger.fabric.protos.peer.StateMetadataResult;
import org.hyperledger.fabric.protos.peer.WriteBatchState;
import org.hyperledger.fabric.protos.peer.WriteRecord;

/**
 * Reads and writes of single keys, public and private, and batches of them. Each method takes a
 * request's payload and returns the response's. Without state.
 */
final class StateRequests {

  ByteString get(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    GetState request = GetState.parseFrom(payload);
    String namespace = conversation.tx().chaincodeName();
    TransactionSimulator simulator = conversation.tx().simulator();
    if (request.getCollection().isEmpty()) {
      return bytes(simulator.getState(namespace, request.getKey()));
    }
    CollectionRules.requireRead(conversation, request.getCollection());
    return bytes(simulator.getPrivateData(namespace, request.getCollection(), request.getKey()));
  }

  ByteString getMultiple(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    GetStateMultiple request = GetStateMultiple.parseFrom(payload);
    String namespace = conversation.tx().chaincodeName();
    TransactionSimulator simulator = conversation.tx().simulator();
    String collection = request.getCollection();
    if (!collection.isEmpty()) {
      CollectionRules.requireRead(conversation, collection);
    }
    List<byte[]> values =
        collection.isEmpty()
            ? simulator.getStateMultipleKeys(namespace, request.getKeysList())
            : simulator.getPrivateDataMultipleKeys(namespace, collection, request.getKeysList());
    GetStateMultipleResult.Builder result = GetStateMultipleResult.newBuilder();
    for (byte[] value : values) {
      result.addValues(bytes(value));
    }
    return result.build().toByteString();
  }

  ByteString privateDataHash(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    GetState request = GetState.parseFrom(payload);
    CollectionRules.requireNotInit(conversation);
    TransactionContext tx = conversation.tx();
    return bytes(
        tx.simulator()
            .getPrivateDataHash(tx.chaincodeName(), request.getCollection(), request.getKey()));
  }

  ByteString put(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    PutState request = PutState.parseFrom(payload);
    put(conversation, request.getCollection(), request.getKey(), request.getValue());
    return ByteString.EMPTY;
  }

  ByteString delete(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    DelState request = DelState.parseFrom(payload);
    delete(conversation, request.getCollection(), request.getKey());
    return ByteString.EMPTY;
  }

  ByteString purge(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    DelState request = DelState.parseFrom(payload);
    purge(conversation, request.getCollection(), request.getKey());
    return ByteString.EMPTY;
  }

  ByteString metadata(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    requireKeyLevelEndorsement(conversation);
    GetStateMetadata request = GetStateMetadata.parseFrom(payload);
    TransactionContext tx = conversation.tx();
    String collection = request.getCollection();
    Map<String, byte[]> metadata;
    if (collection.isEmpty()) {
      metadata = tx.simulator().getStateMetadata(tx.chaincodeName(), request.getKey());
    } else {
      CollectionRules.requireRead(conversation, collection);
      metadata =
          tx.simulator().getPrivateDataMetadata(tx.chaincodeName(), collection, request.getKey());
    }
    StateMetadataResult.Builder result = StateMetadataResult.newBuilder();
    if (metadata != null) {
      metadata.forEach(
          (name, value) ->
              result.addEntries(
                  StateMetadata.newBuilder().setMetakey(name).setValue(bytes(value))));
    }
    return result.build().toByteString();
  }

  ByteString putMetadata(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    requireKeyLevelEndorsement(conversation);
    PutStateMetadata request = PutStateMetadata.parseFrom(payload);
    putMetadata(conversation, request.getCollection(), request.getKey(), request.getMetadata());
    return ByteString.EMPTY;
  }

  ByteString writeBatch(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    for (WriteRecord write : WriteBatchState.parseFrom(payload).getRecList()) {
      String collection = write.getCollection();
      String key = write.getKey();
      switch (write.getType()) {
        case PUT_STATE -> put(conversation, collection, key, write.getValue());
        case DEL_STATE -> delete(conversation, collection, key);
        case PURGE_PRIVATE_DATA -> purge(conversation, collection, key);
        case PUT_STATE_METADATA -> {
          requireKeyLevelEndorsement(conversation);
          putMetadata(conversation, collection, key, write.getMetadata());
        }
        default -> throw new ChaincodeException("unknown operation type");
      }
    }
    return ByteString.EMPTY;
  }

  private static void put(
      Conversation conversation, String collection, String key, ByteString value) {
    TransactionContext tx = conversation.tx();
    byte[] bytes = value.toByteArray();
    if (collection.isEmpty()) {
      tx.simulator().setState(tx.chaincodeName(), key, bytes);
    } else {
      CollectionRules.requireWrite(conversation, collection);
      tx.simulator().setPrivateData(tx.chaincodeName(), collection, key, bytes);
    }
  }

  private static void delete(Conversation conversation, String collection, String key) {
    TransactionContext tx = conversation.tx();
    if (collection.isEmpty()) {
      tx.simulator().deleteState(tx.chaincodeName(), key);
    } else {
      CollectionRules.requireWrite(conversation, collection);
      tx.simulator().deletePrivateData(tx.chaincodeName(), collection, key);
    }
  }

  private static void purge(Conversation conversation, String collection, String key) {
    TransactionContext tx = conversation.tx();
    if (!tx.services().purgePvtData(tx.channelId())) {
      throw new ChaincodeException(
          "purge private data is not enabled, channel application capability of V2_5 or later is"
              + " required");
    }
    if (collection.isEmpty()) {
      throw new ChaincodeException("only applicable for private data");
    }
    CollectionRules.requireWrite(conversation, collection);
    tx.simulator().purgePrivateData(tx.chaincodeName(), collection, key);
  }

  private static void putMetadata(
      Conversation conversation, String collection, String key, StateMetadata metadata) {
    TransactionContext tx = conversation.tx();
    Map<String, byte[]> entries = Map.of(metadata.getMetakey(), metadata.getValue().toByteArray());
    if (collection.isEmpty()) {
      tx.simulator().setStateMetadata(tx.chaincodeName(), key, entries);
    } else {
      CollectionRules.requireWrite(conversation, collection);
      tx.simulator().setPrivateDataMetadata(tx.chaincodeName(), collection, key, entries);
    }
  }

  private static void requireKeyLevelEndorsement(Conversation conversation) {
    TransactionContext tx = conversation.tx();
    if (!tx.services().keyLevelEndorsement(tx.channelId())) {
      throw new ChaincodeException(
          "key level endorsement is not enabled, channel application capability of V1_3 or later"
              + " is required");
    }
  }

  /** Bytes that nobody changes any more; none for null. */
  private static ByteString bytes(byte[] value) {
    return value == null ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(value);
  }
}
