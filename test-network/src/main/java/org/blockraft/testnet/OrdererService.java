package org.blockraft.testnet;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.blockraft.identity.ConfigException;
import org.blockraft.identity.ConfigUpdates;
import org.blockraft.identity.Policy;
import org.blockraft.identity.PolicyException;
import org.blockraft.identity.SignedData;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.common.Status;
import org.hyperledger.fabric.protos.orderer.AtomicBroadcastGrpc;
import org.hyperledger.fabric.protos.orderer.BroadcastResponse;
import org.hyperledger.fabric.protos.orderer.DeliverResponse;
import org.hyperledger.fabric.protos.orderer.SeekInfo;
import org.hyperledger.fabric.protos.orderer.SeekPosition;

/** Broadcast and Deliver of the development orderer, with stock's status codes. */
final class OrdererService extends AtomicBroadcastGrpc.AtomicBroadcastImplBase
    implements AutoCloseable {
  /** How often a waiting delivery looks whether its client is still there. */
  private static final Duration LIVENESS_CHECK = Duration.ofSeconds(5);

  private final Map<String, OrdererChain> chains;
  private final ExecutorService deliveries = Executors.newVirtualThreadPerTaskExecutor();

  OrdererService(Map<String, OrdererChain> chains) {
    this.chains = Map.copyOf(chains);
  }

  private record Request(
      Envelope envelope, Payload payload, ChannelHeader channel, SignatureHeader creator) {
    static Request of(Envelope envelope) throws InvalidProtocolBufferException {
      Payload payload = Payload.parseFrom(envelope.getPayload());
      return new Request(
          envelope,
          payload,
          ChannelHeader.parseFrom(payload.getHeader().getChannelHeader()),
          SignatureHeader.parseFrom(payload.getHeader().getSignatureHeader()));
    }

    List<SignedData> signedData() {
      return List.of(
          new SignedData(envelope.getPayload(), creator.getCreator(), envelope.getSignature()));
    }
  }

  @Override
  public StreamObserver<Envelope> broadcast(StreamObserver<BroadcastResponse> responses) {
    return new StreamObserver<>() {
      @Override
      public void onNext(Envelope envelope) {
        responses.onNext(accept(envelope));
      }

      @Override
      public void onError(Throwable t) {}

      @Override
      public void onCompleted() {
        responses.onCompleted();
      }
    };
  }

  private BroadcastResponse accept(Envelope envelope) {
    try {
      Request request = Request.of(envelope);
      OrdererChain chain = chains.get(request.channel().getChannelId());
      if (chain == null) {
        return answer(Status.NOT_FOUND, "channel does not exist");
      }
      boolean isUpdate = request.channel().getType() == HeaderType.CONFIG_UPDATE_VALUE;
      if (isUpdate) {
        ConfigUpdates.propose(chain.config(), envelope);
      } else {
        check(chain, "/Channel/Writers", request);
      }
      return chain.order(envelope.toByteString(), isUpdate)
          ? answer(Status.SUCCESS, "")
          : answer(Status.SERVICE_UNAVAILABLE, "the orderer is busy");
    } catch (InvalidProtocolBufferException e) {
      return answer(Status.BAD_REQUEST, "malformed envelope: " + e.getMessage());
    } catch (PolicyException e) {
      return answer(Status.FORBIDDEN, e.getMessage());
    } catch (ConfigException e) {
      return answer(Status.BAD_REQUEST, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return answer(Status.SERVICE_UNAVAILABLE, "the orderer stops");
    }
  }

  private static void check(OrdererChain chain, String path, Request request) {
    Policy policy = chain.config().policies().policy(path).orElseThrow();
    policy.evaluateSignedData(request.signedData());
  }

  private static BroadcastResponse answer(Status status, String info) {
    return BroadcastResponse.newBuilder().setStatus(status).setInfo(info).build();
  }

  @Override
  public StreamObserver<Envelope> deliver(StreamObserver<DeliverResponse> responses) {
    ServerCallStreamObserver<DeliverResponse> out =
        (ServerCallStreamObserver<DeliverResponse>) responses;
    Object readiness = new Object();
    Runnable wake =
        () -> {
          synchronized (readiness) {
            readiness.notifyAll();
          }
        };
    out.setOnCancelHandler(wake);
    out.setOnReadyHandler(wake);
    return new StreamObserver<>() {
      @Override
      public void onNext(Envelope envelope) {
        deliveries.execute(() -> deliver(envelope, out, readiness));
      }

      @Override
      public void onError(Throwable t) {}

      @Override
      public void onCompleted() {}
    };
  }

  private void deliver(
      Envelope envelope, ServerCallStreamObserver<DeliverResponse> out, Object readiness) {
    Status status;
    try {
      Request request = Request.of(envelope);
      OrdererChain chain = chains.get(request.channel().getChannelId());
      status = chain == null ? Status.NOT_FOUND : stream(chain, request, out, readiness);
    } catch (InvalidProtocolBufferException e) {
      status = Status.BAD_REQUEST;
    } catch (PolicyException e) {
      status = Status.FORBIDDEN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      status = Status.SERVICE_UNAVAILABLE;
    }
    if (!out.isCancelled()) {
      out.onNext(DeliverResponse.newBuilder().setStatus(status).build());
      out.onCompleted();
    }
  }

  private static Status stream(
      OrdererChain chain,
      Request request,
      ServerCallStreamObserver<DeliverResponse> out,
      Object readiness)
      throws InvalidProtocolBufferException, InterruptedException {
    check(chain, "/Channel/Readers", request);
    SeekInfo seek = SeekInfo.parseFrom(request.payload().getData());
    long start = position(seek.getStart(), chain);
    long stop = position(seek.getStop(), chain);
    if (Long.compareUnsigned(stop, start) < 0) {
      return Status.BAD_REQUEST;
    }
    for (long number = start; ; number++) {
      boolean wait = seek.getBehavior() == SeekInfo.SeekBehavior.BLOCK_UNTIL_READY;
      while (Long.compareUnsigned(number, chain.height()) >= 0) {
        if (!wait) {
          return Status.NOT_FOUND;
        }
        if (out.isCancelled()) {
          return Status.SUCCESS;
        }
        chain.awaitBlock(number, LIVENESS_CHECK);
      }
      Block block = chain.block(number);
      synchronized (readiness) {
        while (!out.isReady() && !out.isCancelled()) {
          readiness.wait(LIVENESS_CHECK.toMillis());
        }
      }
      if (out.isCancelled()) {
        return Status.SUCCESS;
      }
      out.onNext(DeliverResponse.newBuilder().setBlock(block).build());
      if (number == stop) {
        return Status.SUCCESS;
      }
    }
  }

  private static long position(SeekPosition position, OrdererChain chain) {
    return switch (position.getTypeCase()) {
      case OLDEST -> 0;
      case NEWEST -> chain.height() - 1;
      case NEXT_COMMIT -> chain.height();
      case SPECIFIED -> position.getSpecified().getNumber();
      default -> throw new PolicyException("no position given");
    };
  }

  @Override
  public void close() {
    deliveries.shutdownNow();
  }
}
