package org.blockraft.replication;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.blockraft.dispatch.AnnouncedHeights;
import org.blockraft.dispatch.ProposalDispatcher;
import org.blockraft.endorse.ProposalRejected;
import org.blockraft.lifecycle.LifecycleException;
import org.blockraft.worker.LinkWorker;
import org.blockraft.worker.LocalWorker;
import org.blockraft.worker.SimulationTask;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/** The proposal flow of one process: the real dispatcher and workers, and a simulated chaincode. */
final class SimulatedProposals {
  private static final int PROPOSALS_MAX = 100_000;
  private static final Duration CHAINCODE_MAX = Duration.ofMillis(60);

  private static final Duration STORE_TIMEOUT = Duration.ofSeconds(3);

  /** Longer than any chaincode runs. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final SimulatedProcess process;
  private final AnnouncedHeights announced = new AnnouncedHeights();
  private final LocalWorker worker;
  private final ProposalDispatcher dispatcher;
  private final ReplicatedPrivateData privateData;

  SimulatedProposals(SimulatedProcess process) {
    this.process = process;
    this.worker = new LocalWorker(process.name(), this::endorse, this::committed, () -> true);
    this.dispatcher =
        new ProposalDispatcher(worker, PROPOSALS_MAX, announced, new SimpleMeterRegistry());
    this.privateData = new ReplicatedPrivateData(process.siblings(), STORE_TIMEOUT);
  }

  LocalWorker worker() {
    return worker;
  }

  AnnouncedHeights announced() {
    return announced;
  }

  /** Looks how much there is to do, as with each heartbeat. */
  double sample() {
    dispatcher.sample();
    return worker.sample();
  }

  void found(String node) {
    dispatcher.add(new LinkWorker(node, process.siblings(), process.replicas(), TIMEOUT));
  }

  private long committed(String channelId) {
    return process.channel(channelId).isPresent() ? process.node().disk(channelId).height() : 0;
  }

  /** A client's proposal; the answer is the height that it was simulated on. Waits. */
  long propose(String channelId, ToyTransaction transaction) {
    SignedProposal proposal =
        SignedProposal.newBuilder()
            .setProposalBytes(
                Proposal.newBuilder()
                    .setHeader(
                        Header.newBuilder()
                            .setChannelHeader(
                                ChannelHeader.newBuilder()
                                    .setChannelId(channelId)
                                    .build()
                                    .toByteString())
                            .build()
                            .toByteString())
                    .setPayload(transaction.bytes())
                    .build()
                    .toByteString())
            .build();
    ByteString height = dispatcher.endorse(proposal, false).getPayload();
    return height.asReadOnlyByteBuffer().getLong();
  }

  /** Simulates and endorses on this node. */
  private ProposalResponse endorse(SimulationTask task) {
    Proposal proposal = proposal(task);
    ToyTransaction transaction = ToyTransaction.parse(proposal.getPayload().asReadOnlyByteBuffer());
    String channelId = channelId(proposal);
    long height = committed(channelId);
    SimulatedChecks checks = process.node().cluster().checks();
    checks.that(
        height >= task.minimumHeight() && height > 0,
        process,
        "simulates at",
        height,
        "not",
        task.minimumHeight());
    SimulatedThreads threads = process.threads();
    threads.pause(process.node().cluster().time().between(Duration.ZERO, CHAINCODE_MAX));
    if (transaction.kind() == ToyTransaction.Kind.PRIVATE) {
      threads.pause(process.node().diskDelay());
      process.node().disk(channelId).keep(transaction.txId());
      try {
        privateData.distribute(
            channelId, transaction.txId(), transaction.endorsedWriteSet(), height);
      } catch (LifecycleException e) {
        throw new ProposalRejected(e.getMessage(), e);
      }
      checks.endorsed(process, channelId, transaction.txId());
    }
    return ProposalResponse.newBuilder().setPayload(ToyBlock.longBytes(height)).build();
  }

  private static Proposal proposal(SimulationTask task) {
    try {
      return Proposal.parseFrom(task.proposal().getProposalBytes());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static String channelId(Proposal proposal) {
    try {
      Header header = Header.parseFrom(proposal.getHeader());
      return ChannelHeader.parseFrom(header.getChannelHeader()).getChannelId();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
