package org.blockraft.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.blockraft.endorse.ProposalRejected;
import org.blockraft.worker.SimulationTask;
import org.blockraft.worker.Worker;
import org.blockraft.worker.WorkerLost;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.junit.jupiter.api.Test;

final class ProposalDispatcherTest {
  private static final long WAIT_SECONDS = 20;

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final AnnouncedHeights announced = new AnnouncedHeights();

  /** A worker that answers with its name, may be lost, and may look busy. */
  private static final class Scripted implements Worker {
    private final String name;
    private final long height;
    boolean lost;
    boolean refuses;
    boolean away;
    int outstanding;
    double lately;

    Scripted(String name, long height) {
      this.name = name;
      this.height = height;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public long height(String channelId) {
      return height;
    }

    @Override
    public ProposalResponse simulate(SimulationTask task) {
      if (refuses) {
        throw new ProposalRejected("no");
      }
      if (lost) {
        throw new WorkerLost("gone", null);
      }
      return ProposalResponse.newBuilder().setPayload(ByteString.copyFromUtf8(name)).build();
    }

    @Override
    public CompletableFuture<ProposalResponse> submit(SimulationTask task) {
      return CompletableFuture.supplyAsync(() -> simulate(task), Thread::startVirtualThread);
    }

    @Override
    public boolean isAvailable() {
      return !away;
    }

    @Override
    public int outstanding() {
      return outstanding;
    }

    @Override
    public double load() {
      return lately;
    }
  }

  private static SignedProposal proposal() {
    Header header =
        Header.newBuilder()
            .setChannelHeader(ChannelHeader.newBuilder().setChannelId("ch").build().toByteString())
            .build();
    return SignedProposal.newBuilder()
        .setProposalBytes(
            Proposal.newBuilder().setHeader(header.toByteString()).build().toByteString())
        .build();
  }

  private ProposalDispatcher dispatcher(Worker local, Worker... others) {
    ProposalDispatcher dispatcher = new ProposalDispatcher(local, 10, announced, meters);
    for (Worker other : others) {
      dispatcher.add(other);
    }
    return dispatcher;
  }

  private static String endorser(ProposalDispatcher dispatcher) {
    for (int i = 0; i < 50; i++) {
      dispatcher.sample();
    }
    String waited = dispatcher.endorse(proposal(), true).getPayload().toStringUtf8();
    String later =
        dispatcher
            .submit(proposal(), true)
            .orTimeout(WAIT_SECONDS, TimeUnit.SECONDS)
            .join()
            .getPayload()
            .toStringUtf8();
    assertEquals(waited, later);
    return waited;
  }

  /** Its state is not that of the others: whatever there is to do, it is done elsewhere. */
  @Test
  void aNodeThatMayNotWorkSendsAllAway() {
    Scripted here = new Scripted("here", 5);
    Scripted there = new Scripted("there", 5);
    here.away = true;
    there.outstanding = 100;
    ProposalDispatcher dispatcher = dispatcher(here, there);
    assertEquals("there", endorser(dispatcher));
    there.away = true;
    here.refuses = true;
    assertThrows(ProposalRejected.class, () -> dispatcher.endorse(proposal(), true));
  }

  @Test
  void thisNodeIsChosenUnlessItIsBusierThanAnother() {
    Scripted here = new Scripted("here", 5);
    Scripted there = new Scripted("there", 5);
    ProposalDispatcher dispatcher = dispatcher(here, there);
    assertEquals("here", endorser(dispatcher));
    here.outstanding = 10;
    assertEquals("there", endorser(dispatcher));
    there.outstanding = 20;
    assertEquals("here", endorser(dispatcher));
    assertEquals(0, meters.get("dispatch.outstanding").tag("worker", "there").gauge().value());
  }

  @Test
  void proposalStaysWhereOtherNodesAreOnlyIdleForAMoment() {
    Scripted here = new Scripted("here", 5);
    here.outstanding = 10;
    Scripted there = new Scripted("there", 5);
    there.lately = 8;
    ProposalDispatcher dispatcher = dispatcher(here, there);
    assertEquals("here", endorser(dispatcher));
    there.lately = 2;
    assertEquals("there", endorser(dispatcher));
  }

  @Test
  void theLeastBusyOtherNodeIsChosen() {
    Scripted here = new Scripted("here", 5);
    here.outstanding = 30;
    Scripted busy = new Scripted("busy", 5);
    busy.outstanding = 20;
    Scripted away = new Scripted("away", 5);
    away.away = true;
    assertEquals("free", endorser(dispatcher(here, busy, new Scripted("free", 5), away)));
  }

  @Test
  void workerBelowAnAnnouncedHeightIsNotChosen() {
    Scripted here = new Scripted("here", 5);
    here.outstanding = 10;
    ProposalDispatcher dispatcher = dispatcher(here, new Scripted("low", 4));
    assertEquals("low", endorser(dispatcher));
    announced.announced("ch", 5);
    announced.announced("ch", 3);
    assertEquals("here", endorser(dispatcher));
  }

  @Test
  void proposalOfALostWorkerGoesElsewhere() {
    Scripted here = new Scripted("here", 5);
    here.outstanding = 10;
    Scripted lost = new Scripted("lost", 5);
    lost.lost = true;
    Scripted other = new Scripted("other", 5);
    other.outstanding = 5;
    assertEquals("other", endorser(dispatcher(here, lost, other)));
    other.lost = true;
    assertEquals("here", endorser(dispatcher(here, lost, other)));
  }

  @Test
  void refusalIsTheAnswerAndGivesItsPlaceBack() {
    Scripted here = new Scripted("here", 5);
    here.refuses = true;
    ProposalDispatcher dispatcher = new ProposalDispatcher(here, 1, announced, meters);
    for (int i = 0; i < 3; i++) {
      CompletableFuture<ProposalResponse> answer = dispatcher.submit(proposal(), true);
      var failure =
          assertThrows(
              CompletionException.class,
              () -> answer.orTimeout(WAIT_SECONDS, TimeUnit.SECONDS).join());
      assertEquals("no", failure.getCause().getMessage());
    }
    assertEquals(0, dispatcher.underWay());
  }
}
