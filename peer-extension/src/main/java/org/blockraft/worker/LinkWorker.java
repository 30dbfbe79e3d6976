package org.blockraft.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.blockraft.cluster.wire.Refusal;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.cluster.wire.Simulate;
import org.blockraft.endorse.ProposalRejected;
import org.blockraft.replication.NodeReplicas;
import org.blockraft.replication.NodeStatus;
import org.blockraft.replication.Siblings;
import org.hyperledger.fabric.protos.peer.ProposalResponse;

/** The worker of another node. */
public final class LinkWorker implements Worker {
  private final String name;
  private final Siblings siblings;
  private final NodeReplicas nodes;
  private final Duration timeout;

  /**
   * @param timeout for one proposal; longer than any chaincode may run
   */
  public LinkWorker(String name, Siblings siblings, NodeReplicas nodes, Duration timeout) {
    this.name = name;
    this.siblings = siblings;
    this.nodes = nodes;
    this.timeout = timeout;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long height(String channelId) {
    NodeStatus status = nodes.status().get(name);
    return status == null ? 0 : status.heights().getOrDefault(channelId, 0L);
  }

  @Override
  public boolean isAvailable() {
    NodeStatus status = nodes.status().get(name);
    return status != null && status.linked() && !status.draining() && status.weight() > 0;
  }

  @Override
  public int outstanding() {
    NodeStatus status = nodes.status().get(name);
    return status == null ? 0 : status.outstanding();
  }

  @Override
  public double load() {
    NodeStatus status = nodes.status().get(name);
    return status == null ? 0 : status.load();
  }

  @Override
  public ProposalResponse simulate(SimulationTask task) {
    try {
      return answer(siblings.await(name, request(task), timeout));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProposalRejected("interrupted", e);
    } catch (ExecutionException e) {
      throw lost(e.getCause());
    } catch (TimeoutException e) {
      throw lost(e);
    }
  }

  @Override
  public CompletableFuture<ProposalResponse> submit(SimulationTask task) {
    return siblings
        .request(name, request(task), timeout)
        .handle(
            (reply, failure) -> {
              if (failure != null) {
                throw lost(failure);
              }
              return answer(reply);
            });
  }

  private static Request request(SimulationTask task) {
    return Request.newBuilder()
        .setSimulate(
            Simulate.newBuilder()
                .setSignedProposal(task.proposal().toByteString())
                .setChannel(task.channelId())
                .setFiltered(task.filtered())
                .setMinimumHeight(task.minimumHeight()))
        .build();
  }

  private WorkerLost lost(Throwable failure) {
    return new WorkerLost(name + ": " + failure.getMessage(), failure);
  }

  private ProposalResponse answer(Reply reply) {
    return reply.getKindCase() == Reply.KindCase.PAYLOAD
        ? response(reply.getPayload())
        : refused(reply.getRefusal());
  }

  private ProposalResponse response(ByteString payload) {
    try {
      return ProposalResponse.parseFrom(payload);
    } catch (InvalidProtocolBufferException e) {
      throw new WorkerLost(name + " answers what does not parse", e);
    }
  }

  private ProposalResponse refused(Refusal refusal) {
    if (refusal.getCode() == Refusal.Code.REJECTED) {
      throw new ProposalRejected(refusal.getText());
    }
    throw new WorkerLost(name + ": " + refusal.getCode() + " " + refusal.getText(), null);
  }
}
