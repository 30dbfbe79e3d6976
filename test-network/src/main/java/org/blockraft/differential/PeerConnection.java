package org.blockraft.differential;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.blockraft.testnet.NetworkException;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockchainInfo;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.peer.DeliverGrpc;
import org.hyperledger.fabric.protos.peer.DeliverResponse;
import org.hyperledger.fabric.protos.peer.EndorserGrpc;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/** A connection to one peer. Safe for any thread. */
public final class PeerConnection implements AutoCloseable {
  private static final Duration CALL_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration BLOCK_TIMEOUT = Duration.ofMinutes(1);
  private static final int WARM_UPS = 3;
  private static final Duration POLL = Duration.ofMillis(100);

  private final ManagedChannel channel;

  public PeerConnection(String address, String host, Path root) {
    this.channel = Connections.open(address, host, root);
  }

  /** What a peer answers to a proposal: a response, or the text of the call's failure. */
  public record Answer(ProposalResponse response, String failure) {
    public boolean endorsed() {
      return response != null && response.hasEndorsement();
    }
  }

  public Answer process(SignedProposal proposal) {
    try {
      return new Answer(
          EndorserGrpc.newBlockingStub(channel)
              .withDeadlineAfter(CALL_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
              .processProposal(proposal),
          null);
    } catch (StatusRuntimeException e) {
      return new Answer(null, e.getStatus().getCode() + " " + e.getStatus().getDescription());
    }
  }

  /**
   * Has a chaincode answer once. The shim's server may lose the first message of a new connection,
   * so a proposal that times out is tried again.
   */
  void warmUp(Draft draft) {
    for (int attempt = 0; attempt < WARM_UPS; attempt++) {
      if (process(draft.signed()).endorsed()) {
        return;
      }
    }
    throw new NetworkException("the chaincode does not answer");
  }

  /** Blocks of a channel, with this peer's flags and commit hashes. */
  List<Block> blocks(Party reader, String channelId, long from, long to) {
    BlockStream<DeliverResponse> stream =
        new BlockStream<>(r -> r.hasBlock() ? r.getBlock() : r.getStatus());
    StreamObserver<Envelope> requests = DeliverGrpc.newStub(channel).deliver(stream);
    requests.onNext(Seek.range(reader, channelId, from, to));
    List<Block> blocks = stream.take(to - from + 1, BLOCK_TIMEOUT);
    requests.onCompleted();
    return blocks;
  }

  public long height(Party reader, String channelId) {
    Answer answer =
        process(
            new ProposalBuilder(reader, channelId, "qscc")
                .args("GetChainInfo", channelId)
                .build()
                .signed());
    if (answer.failure() != null) {
      throw new NetworkException(answer.failure());
    }
    try {
      return BlockchainInfo.parseFrom(answer.response().getResponse().getPayload()).getHeight();
    } catch (InvalidProtocolBufferException e) {
      throw new NetworkException("the chain info cannot be read");
    }
  }

  /** Waits until the peer has so many blocks. */
  void awaitHeight(Party reader, String channelId, long wanted, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    long height = height(reader, channelId);
    while (height < wanted) {
      if (System.nanoTime() > deadline) {
        throw new NetworkException("height is %d and not %d".formatted(height, wanted));
      }
      java.util.concurrent.locks.LockSupport.parkNanos(POLL.toNanos());
      height = height(reader, channelId);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
