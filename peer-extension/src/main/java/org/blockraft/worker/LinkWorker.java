package org.blockraft.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** What the node had to do when it last answered; negative if it never said so. */
  private volatile int reported = -1;

  /** Given to it since then, and given to it and not answered yet. */
  private final AtomicInteger since = new AtomicInteger();

  private final AtomicInteger unanswered = new AtomicInteger();

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

  /**
   * What it said with its last answer and what was sent since; when it owes no answer, what it said
   * in its last heartbeat. Of a node that does not say it, half of what is unanswered: the rest is
   * on its way, there or back.
   */
  @Override
  public int outstanding() {
    int owed = unanswered.get();
    int said = reported;
    if (owed > 0 && said >= 0) {
      return said + Math.min(since.get(), owed);
    }
    NodeStatus status = nodes.status().get(name);
    return Math.max(status == null ? 0 : status.outstanding(), owed / 2);
  }

  @Override
  public double load() {
    NodeStatus status = nodes.status().get(name);
    return status == null ? 0 : status.load();
  }

  @Override
  public ProposalResponse simulate(SimulationTask task) {
    sent();
    try {
      return answer(siblings.await(name, request(task), timeout));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProposalRejected("interrupted", e);
    } catch (ExecutionException e) {
      throw lost(e.getCause());
    } catch (TimeoutException e) {
      throw lost(e);
    } finally {
      unanswered.decrementAndGet();
    }
  }

  private void sent() {
    since.incrementAndGet();
    unanswered.incrementAndGet();
  }

  @Override
  public CompletableFuture<ProposalResponse> submit(SimulationTask task) {
    sent();
    return siblings
        .request(name, request(task), timeout)
        .handle(
            (reply, failure) -> {
              unanswered.decrementAndGet();
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
    if (reply.hasOutstanding()) {
      reported = reply.getOutstanding();
      since.set(0);
    }
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
