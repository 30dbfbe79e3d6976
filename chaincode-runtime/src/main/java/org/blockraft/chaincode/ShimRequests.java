package org.blockraft.chaincode;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import org.hyperledger.fabric.protos.peer.ChaincodeMessage;
import org.hyperledger.fabric.protos.peer.ChaincodeSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what a chaincode asks during a transaction: RESPONSE with a payload, or ERROR with
 * stock's text. Has no state of its own; runs on the thread that executes the transaction. Fabric:
 * core/chaincode/handler.go, HandleTransaction.
 */
final class ShimRequests {
  private static final Logger log = LoggerFactory.getLogger("chaincode");
  private static final int SHORT_ID_LENGTH = 8;

  private final ShimMetrics metrics;
  private final StateRequests state = new StateRequests();
  private final QueryRequests queries;
  private final ChaincodeCalls calls;

  ShimRequests(ShimMetrics metrics, QueryRequests queries, ChaincodeCalls calls) {
    this.metrics = metrics;
    this.queries = queries;
    this.calls = calls;
  }

  /** Whether a message of this type is a request of a chaincode in the ready state. */
  static boolean knows(ChaincodeMessage.Type type) {
    return switch (type) {
      case GET_STATE,
          PUT_STATE,
          DEL_STATE,
          INVOKE_CHAINCODE,
          GET_STATE_BY_RANGE,
          GET_QUERY_RESULT,
          QUERY_STATE_NEXT,
          QUERY_STATE_CLOSE,
          GET_HISTORY_FOR_KEY,
          GET_STATE_METADATA,
          PUT_STATE_METADATA,
          GET_PRIVATE_DATA_HASH,
          PURGE_PRIVATE_DATA,
          WRITE_BATCH_STATE,
          GET_STATE_MULTIPLE ->
          true;
      default -> false;
    };
  }

  /** Carries out a request and says how it went. */
  ChaincodeMessage answer(ChaincodeMessage request, Conversation conversation, String packageId) {
    long start = System.nanoTime();
    metrics.requestReceived(request, packageId);
    ChaincodeMessage answer;
    try {
      requireTransaction(request, conversation);
      answer = response(request, payload(request, conversation));
    } catch (InvalidProtocolBufferException e) {
      answer = error(request, unmarshalFailure(e));
    } catch (RuntimeException e) {
      boolean bug = e.getMessage() == null || e instanceof NullPointerException;
      log.error(
          "[{}] Failed to handle {}. error: {}",
          shortId(request.getTxid()),
          request.getType(),
          e.getMessage(),
          bug ? e : null);
      answer = error(request, bug ? "panic during execution" : e.getMessage());
    }
    boolean success = answer.getType() != ChaincodeMessage.Type.ERROR;
    metrics.requestCompleted(request, packageId, success, System.nanoTime() - start);
    return answer;
  }

  /** The answer to a request of a transaction that is not running, or no longer. */
  ChaincodeMessage withoutTransaction(ChaincodeMessage request, String packageId) {
    metrics.requestReceived(request, packageId);
    metrics.requestCompleted(request, packageId, false, 0);
    return error(request, noTransaction(request));
  }

  /** The name of a message's type; its number if this peer does not know it. */
  static String typeName(ChaincodeMessage message) {
    return message.getType() == ChaincodeMessage.Type.UNRECOGNIZED
        ? Integer.toString(message.getTypeValue())
        : message.getType().name();
  }

  /** The first characters of a transaction id, for the log. */
  static String shortId(String txId) {
    return txId.length() < SHORT_ID_LENGTH ? txId : txId.substring(0, SHORT_ID_LENGTH);
  }

  private ByteString payload(ChaincodeMessage request, Conversation conversation)
      throws InvalidProtocolBufferException {
    ByteString payload = request.getPayload();
    return switch (request.getType()) {
      case GET_STATE -> state.get(payload, conversation);
      case PUT_STATE -> state.put(payload, conversation);
      case DEL_STATE -> state.delete(payload, conversation);
      case GET_STATE_MULTIPLE -> state.getMultiple(payload, conversation);
      case WRITE_BATCH_STATE -> state.writeBatch(payload, conversation);
      case GET_PRIVATE_DATA_HASH -> state.privateDataHash(payload, conversation);
      case PURGE_PRIVATE_DATA -> state.purge(payload, conversation);
      case GET_STATE_METADATA -> state.metadata(payload, conversation);
      case PUT_STATE_METADATA -> state.putMetadata(payload, conversation);
      case GET_STATE_BY_RANGE -> queries.range(payload, conversation);
      case GET_QUERY_RESULT -> queries.rich(payload, conversation);
      case GET_HISTORY_FOR_KEY -> queries.history(payload, conversation);
      case QUERY_STATE_NEXT -> queries.next(payload, conversation);
      case QUERY_STATE_CLOSE -> queries.close(payload, conversation);
      case INVOKE_CHAINCODE -> calls.call(payload, conversation);
      default -> throw new IllegalArgumentException(typeName(request));
    };
  }

  private static void requireTransaction(ChaincodeMessage request, Conversation conversation)
      throws InvalidProtocolBufferException {
    TransactionContext tx = conversation.tx();
    if (tx.simulator() != null) {
      return;
    }
    boolean systemCall =
        request.getType() == ChaincodeMessage.Type.INVOKE_CHAINCODE
            && request.getChannelId().isEmpty()
            && tx.services()
                .isSystemChaincode(
                    CalleeName.parse(
                            ChaincodeSpec.parseFrom(request.getPayload())
                                .getChaincodeId()
                                .getName())
                        .chaincode());
    if (!systemCall) {
      throw new ChaincodeException(noTransaction(request));
    }
  }

  private static String noTransaction(ChaincodeMessage request) {
    return request.getType() == ChaincodeMessage.Type.INVOKE_CHAINCODE
        ? "could not get valid transaction"
        : "no ledger context";
  }

  /**
   * Go's words for bytes that are no message of the type; the commonest cause is a key that is not
   * UTF-8.
   */
  private static String unmarshalFailure(InvalidProtocolBufferException e) {
    return String.valueOf(e.getMessage()).contains("UTF-8")
        ? "unmarshal failed: proto: string field contains invalid UTF-8"
        : "unmarshal failed: proto: cannot parse invalid wire-format data";
  }

  private static ChaincodeMessage response(ChaincodeMessage request, ByteString payload) {
    return reply(ChaincodeMessage.Type.RESPONSE, request, payload);
  }

  private static ChaincodeMessage error(ChaincodeMessage request, String cause) {
    String text =
        request.getType().name() + " failed: transaction ID: " + request.getTxid() + ": " + cause;
    return reply(ChaincodeMessage.Type.ERROR, request, ByteString.copyFromUtf8(text));
  }

  private static ChaincodeMessage reply(
      ChaincodeMessage.Type type, ChaincodeMessage request, ByteString payload) {
    return ChaincodeMessage.newBuilder()
        .setType(type)
        .setPayload(payload)
        .setTxid(request.getTxid())
        .setChannelId(request.getChannelId())
        .build();
  }
}
