package org.blockraft.chaincode;

import com.google.protobuf.ByteString;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.hyperledger.fabric.protos.peer.ChaincodeEvent;
import org.hyperledger.fabric.protos.peer.ChaincodeGrpc;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.ChaincodeInput;
import org.hyperledger.fabric.protos.peer.ChaincodeMessage;
import org.hyperledger.fabric.protos.peer.ChaincodeSupportGrpc;
import org.hyperledger.fabric.protos.peer.Response;

/**
 * A chaincode for tests that speaks the shim's protocol itself, as a server or dialing the peer.
 */
final class ScriptedChaincode implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 10;

  /** What the chaincode does in a transaction. */
  @FunctionalInterface
  interface Script {
    Response run(Transaction tx) throws Exception;
  }

  private volatile String name;
  private final Script script;
  private final AtomicInteger streams = new AtomicInteger();
  private volatile Session session;
  private volatile ByteString readyPayload = ByteString.EMPTY;
  private Server server;
  private ManagedChannel channel;

  private ScriptedChaincode(String name, Script script) {
    this.name = name;
    this.script = script;
  }

  static ScriptedChaincode server(String name, Script script) throws IOException {
    return server(name, 0, InsecureServerCredentials.create(), script);
  }

  static ScriptedChaincode server(
      String name, int port, ServerCredentials credentials, Script script) throws IOException {
    ScriptedChaincode chaincode = new ScriptedChaincode(name, script);
    chaincode.server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), credentials)
            .addService(
                new ChaincodeGrpc.ChaincodeImplBase() {
                  @Override
                  public StreamObserver<ChaincodeMessage> connect(
                      StreamObserver<ChaincodeMessage> out) {
                    return chaincode.begin(out);
                  }
                })
            .build()
            .start();
    return chaincode;
  }

  /** Dials a peer over a channel, which this chaincode then owns. */
  static ScriptedChaincode dialing(String name, ManagedChannel channel, Script script) {
    ScriptedChaincode chaincode = new ScriptedChaincode(name, script);
    chaincode.channel = channel;
    Session session = chaincode.new Session();
    session.out = ChaincodeSupportGrpc.newStub(channel).register(session);
    chaincode.session = session;
    session.register();
    return chaincode;
  }

  /** Sets the id to register under. */
  void name(String packageId) {
    name = packageId;
  }

  int port() {
    return server.getPort();
  }

  int streams() {
    return streams.get();
  }

  ByteString readyPayload() {
    return readyPayload;
  }

  /** Sends a message out of turn. */
  void send(ChaincodeMessage message) {
    session.send(message);
  }

  /** Why the peer ended the stream that this chaincode dialed; null if it did not. */
  Throwable failure() {
    return session.failure;
  }

  @Override
  public void close() {
    if (server != null) {
      server.shutdownNow();
    }
    if (channel != null) {
      channel.shutdownNow();
    }
  }

  private StreamObserver<ChaincodeMessage> begin(StreamObserver<ChaincodeMessage> out) {
    Session begun = new Session();
    begun.out = out;
    session = begun;
    begun.register();
    return begun;
  }

  /** One stream. */
  private final class Session implements StreamObserver<ChaincodeMessage> {
    private final Map<String, Transaction> transactions = new ConcurrentHashMap<>();
    private StreamObserver<ChaincodeMessage> out;
    private volatile Throwable failure;

    void register() {
      streams.incrementAndGet();
      send(
          ChaincodeMessage.newBuilder()
              .setType(ChaincodeMessage.Type.REGISTER)
              .setPayload(ChaincodeID.newBuilder().setName(name).build().toByteString())
              .build());
    }

    synchronized void send(ChaincodeMessage message) {
      out.onNext(message);
    }

    @Override
    public void onNext(ChaincodeMessage message) {
      switch (message.getType()) {
        case READY -> readyPayload = message.getPayload();
        case TRANSACTION, INIT -> {
          Transaction tx = new Transaction(this, message);
          transactions.put(message.getChannelId() + message.getTxid(), tx);
          Thread.ofVirtual().start(() -> execute(tx));
        }
        case RESPONSE, ERROR ->
            transactions.get(message.getChannelId() + message.getTxid()).answers.add(message);
        default -> {}
      }
    }

    private void execute(Transaction tx) {
      ChaincodeMessage.Builder last = tx.message(ChaincodeMessage.Type.COMPLETED);
      try {
        Response response = script.run(tx);
        if (response == null) {
          return;
        }
        last.setPayload(response.toByteString());
        if (tx.event != null) {
          last.setChaincodeEvent(tx.event);
        }
      } catch (Exception e) {
        last.setType(ChaincodeMessage.Type.ERROR)
            .setPayload(ByteString.copyFromUtf8(String.valueOf(e.getMessage())));
      }
      try {
        send(last.build());
      } catch (RuntimeException e) {
        failure = e;
      }
    }

    @Override
    public void onError(Throwable thrown) {
      failure = thrown;
    }

    @Override
    public void onCompleted() {}
  }

  /** One transaction as the chaincode sees it. */
  static final class Transaction {
    private final Session session;
    private final ChaincodeMessage begin;
    private final BlockingQueue<ChaincodeMessage> answers = new ArrayBlockingQueue<>(16);
    private ChaincodeEvent event;

    private Transaction(Session session, ChaincodeMessage begin) {
      this.session = session;
      this.begin = begin;
    }

    ChaincodeMessage begin() {
      return begin;
    }

    ChaincodeInput input() throws Exception {
      return ChaincodeInput.parseFrom(begin.getPayload());
    }

    String argument(int index) throws Exception {
      return input().getArgs(index).toStringUtf8();
    }

    void event(ChaincodeEvent set) {
      event = set;
    }

    /** Asks and returns the payload; throws the text of an ERROR. */
    ByteString ask(ChaincodeMessage.Type type, com.google.protobuf.MessageLite payload)
        throws Exception {
      tell(type, payload.toByteString());
      ChaincodeMessage answer = answer();
      if (answer.getType() == ChaincodeMessage.Type.ERROR) {
        throw new IllegalStateException(answer.getPayload().toStringUtf8());
      }
      return answer.getPayload();
    }

    /** Asks in the name of another transaction of the channel and returns the answer's payload. */
    ByteString askAs(String txId, ChaincodeMessage.Type type, ByteString payload)
        throws InterruptedException {
      Transaction other = new Transaction(session, begin.toBuilder().setTxid(txId).build());
      session.transactions.put(begin.getChannelId() + txId, other);
      other.tell(type, payload);
      return other.answer().getPayload();
    }

    void tell(ChaincodeMessage.Type type, ByteString payload) {
      session.send(message(type).setPayload(payload).build());
    }

    ChaincodeMessage answer() throws InterruptedException {
      ChaincodeMessage answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (answer == null) {
        throw new IllegalStateException("no answer from the peer");
      }
      return answer;
    }

    boolean hasAnswer() {
      return !answers.isEmpty();
    }

    void dieWithStream() {
      session.out.onError(
          io.grpc.Status.ABORTED.withDescription("chaincode died").asRuntimeException());
    }

    private ChaincodeMessage.Builder message(ChaincodeMessage.Type type) {
      return ChaincodeMessage.newBuilder()
          .setType(type)
          .setTxid(begin.getTxid())
          .setChannelId(begin.getChannelId());
    }
  }

  static Response ok(String payload) {
    return ok(ByteString.copyFromUtf8(payload));
  }

  static Response ok(ByteString payload) {
    return Response.newBuilder().setStatus(200).setPayload(payload).build();
  }
}
