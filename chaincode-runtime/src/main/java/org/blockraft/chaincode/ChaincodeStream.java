package org.blockraft.chaincode;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.hyperledger.fabric.protos.peer.ChaincodeAdditionalParams;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.ChaincodeMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The peer's side of one stream to one chaincode.
 *
 * <p>gRPC's thread calls {@link #received} and {@link #ended} and never blocks in them: it moves
 * the {@link StreamState} and puts each request into the {@link Conversation} of its transaction.
 * The thread that executes the transaction takes the requests from there, works on the simulator
 * and answers. So a simulator sees one thread, and a timeout cannot pull an iterator away from
 * under its user. Sends are serialized by a lock. Fabric: core/chaincode/handler.go.
 */
final class ChaincodeStream {
  private static final Logger log = LoggerFactory.getLogger("chaincode");
  static final String TERMINATED = "chaincode stream terminated";

  private final Outbound outbound;
  private final StreamRegistry registry;
  private final BatchParameters batch;
  private final ShimMetrics metrics;
  private final ShimRequests requests;
  private final ConcurrentMap<TransactionKey, Conversation> conversations =
      new ConcurrentHashMap<>();
  private final Object sending = new Object();
  private volatile StreamState state = new StreamState.Created();
  private volatile String packageId = "";

  /**
   * A stream that gRPC has just opened.
   *
   * @param batch what READY offers; null as a 2.5 peer does
   */
  ChaincodeStream(
      Outbound outbound,
      StreamRegistry registry,
      BatchParameters batch,
      ShimMetrics metrics,
      ShimRequests requests) {
    this.outbound = outbound;
    this.registry = registry;
    this.batch = batch;
    this.metrics = metrics;
    this.requests = requests;
  }

  /** The id the chaincode gave; empty before it registered. */
  String packageId() {
    return packageId;
  }

  boolean isReady() {
    return state instanceof StreamState.Ready;
  }

  /** Takes one message off the wire. Called by one thread at a time. */
  void received(ChaincodeMessage message) {
    ChaincodeMessage.Type type = message.getType();
    if (type == ChaincodeMessage.Type.KEEPALIVE) {
      return;
    }
    switch (state) {
      case StreamState.Created created -> {
        if (type == ChaincodeMessage.Type.REGISTER) {
          register(message);
        } else {
          refuse(message, "created");
        }
      }
      case StreamState.Ready ready -> dispatch(message);
      case StreamState.Established established ->
          fail(
              "error handling message, ending stream: handle message: invalid state established for"
                  + " transaction "
                  + message.getTxid());
      case StreamState.Ended ended -> log.debug("Message {} after the end of the stream", type);
    }
  }

  /**
   * The stream is over, by either side's doing. Transactions in it fail. Safe to call more than
   * once.
   */
  void ended(String reason) {
    synchronized (sending) {
      if (state instanceof StreamState.Ended) {
        return;
      }
      state = new StreamState.Ended(reason);
    }
    log.debug("Stream of chaincode {} ended: {}", packageId, reason);
    registry.deregister(this);
    for (Conversation conversation : conversations.values()) {
      conversation.streamEnded();
    }
  }

  /** Ends the stream from this side. Safe to call more than once. */
  void close(String reason) {
    synchronized (sending) {
      if (state instanceof StreamState.Ended) {
        return;
      }
      try {
        outbound.end(reason);
      } catch (RuntimeException e) {
        log.debug("The stream of chaincode {} was over already", packageId, e);
      }
    }
    ended(reason);
  }

  /** Sends KEEPALIVE if the stream is open. */
  void keepalive() {
    send(ChaincodeMessage.newBuilder().setType(ChaincodeMessage.Type.KEEPALIVE).build());
  }

  /**
   * Executes one transaction: sends it, answers what the chaincode asks, and returns its last word,
   * COMPLETED or ERROR.
   *
   * @param type TRANSACTION or INIT
   * @param payload the marshalled ChaincodeInput
   * @param deadline when to give up, on the clock of {@link System#nanoTime()}
   */
  ChaincodeMessage execute(
      TransactionContext tx, ChaincodeMessage.Type type, ByteString payload, long deadline) {
    TransactionKey key = new TransactionKey(tx.channelId(), tx.txId());
    boolean init = type == ChaincodeMessage.Type.INIT;
    try (Conversation conversation = new Conversation(tx, init, deadline)) {
      if (conversations.putIfAbsent(key, conversation) != null) {
        throw new ChaincodeException("txid: " + tx.txId() + "(" + tx.channelId() + ") exists");
      }
      try {
        ChaincodeMessage message = transaction(tx, type, payload);
        if (state instanceof StreamState.Ended || !send(message)) {
          throw new ChaincodeException(TERMINATED);
        }
        return converse(conversation);
      } finally {
        conversations.remove(key, conversation);
      }
    }
  }

  private ChaincodeMessage converse(Conversation conversation) {
    while (true) {
      switch (conversation.next()) {
        case Conversation.Request(ChaincodeMessage request) -> {
          ChaincodeMessage answer = requests.answer(request, conversation, packageId);
          conversation.answered();
          send(answer);
        }
        case Conversation.Finished(ChaincodeMessage last) -> {
          return last;
        }
        case Conversation.TimedOut timedOut -> {
          metrics.executeTimeout(packageId);
          throw new ChaincodeException("timeout expired while executing transaction");
        }
        case Conversation.StreamEnded streamEnded -> throw new ChaincodeException(TERMINATED);
      }
    }
  }

  private static ChaincodeMessage transaction(
      TransactionContext tx, ChaincodeMessage.Type type, ByteString payload) {
    if (tx.proposal() != null && tx.signedProposal() == null) {
      throw new ChaincodeException("failed getting proposal context. Signed proposal is nil");
    }
    ChaincodeMessage.Builder message =
        ChaincodeMessage.newBuilder()
            .setType(type)
            .setPayload(payload)
            .setTxid(tx.txId())
            .setChannelId(tx.channelId());
    if (tx.proposal() != null) {
      message.setProposal(tx.signedProposal());
    }
    return message.build();
  }

  private void dispatch(ChaincodeMessage message) {
    Conversation conversation =
        conversations.get(new TransactionKey(message.getChannelId(), message.getTxid()));
    if (message.getType() == ChaincodeMessage.Type.COMPLETED
        || message.getType() == ChaincodeMessage.Type.ERROR) {
      if (conversation != null) {
        conversation.finished(message);
      }
      return;
    }
    if (!ShimRequests.knows(message.getType())) {
      refuse(message, "ready");
    } else if (conversation == null) {
      send(requests.withoutTransaction(message, packageId));
    } else if (!conversation.requested(message)) {
      log.error(
          "[{}] Another request pending for this CC: {}, Txid: {}, ChannelID: {}. Cannot process.",
          ShimRequests.shortId(message.getTxid()),
          packageId,
          message.getTxid(),
          message.getChannelId());
    }
  }

  private void register(ChaincodeMessage message) {
    String name;
    try {
      name = ChaincodeID.parseFrom(message.getPayload()).getName();
    } catch (InvalidProtocolBufferException e) {
      log.error(
          "Error in received REGISTER, could NOT unmarshal registration info: {}", e.getMessage());
      return;
    }
    try {
      if (name.isEmpty()) {
        throw new ChaincodeException(
            "error in handling register chaincode, chaincodeID name is empty");
      }
      packageId = name;
      registry.register(name, this);
      require(
          send(ChaincodeMessage.newBuilder().setType(ChaincodeMessage.Type.REGISTERED).build()));
      move(new StreamState.Established(name));
      require(send(ready()));
      move(new StreamState.Ready(name));
      registry.ready(name);
    } catch (ChaincodeException e) {
      log.error("failed to start {} -- {}", name, e.getMessage());
      registry.failed(name, e);
    }
  }

  private static void require(boolean sent) {
    if (!sent) {
      throw new ChaincodeException(TERMINATED);
    }
  }

  private void move(StreamState next) {
    synchronized (sending) {
      if (!(state instanceof StreamState.Ended)) {
        state = next;
      }
    }
  }

  private ChaincodeMessage ready() {
    ChaincodeMessage.Builder ready =
        ChaincodeMessage.newBuilder().setType(ChaincodeMessage.Type.READY);
    if (batch != null) {
      ready.setPayload(
          ChaincodeAdditionalParams.newBuilder()
              .setUseWriteBatch(batch.useWriteBatch())
              .setMaxSizeWriteBatch(batch.maxSizeWriteBatch())
              .setUseGetMultipleKeys(batch.useGetMultipleKeys())
              .setMaxSizeGetMultipleKeys(batch.maxSizeGetMultipleKeys())
              .build()
              .toByteString());
    }
    return ready.build();
  }

  private void refuse(ChaincodeMessage message, String stateName) {
    fail(
        "error handling message, ending stream: ["
            + message.getTxid()
            + "] Fabric side handler cannot handle message ("
            + ShimRequests.typeName(message)
            + ") while in "
            + stateName
            + " state");
  }

  private void fail(String reason) {
    log.error("{}", reason);
    close(reason);
  }

  /** Sends unless the stream is over; a stream that cannot be sent to is over. */
  private boolean send(ChaincodeMessage message) {
    synchronized (sending) {
      if (state instanceof StreamState.Ended) {
        return false;
      }
      try {
        outbound.send(message);
        return true;
      } catch (RuntimeException e) {
        log.error(
            "[{}] error sending {}: {}",
            ShimRequests.shortId(message.getTxid()),
            message.getType(),
            e.getMessage());
      }
    }
    ended("received error while sending message, ending chaincode support stream");
    return false;
  }

  /** A transaction on a channel. */
  private record TransactionKey(String channelId, String txId) {}
}
