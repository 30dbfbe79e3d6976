package org.blockraft.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.blockraft.endorse.ProposalRejected;
import org.blockraft.validate.SliceVerdict;
import org.blockraft.validate.ValidationSlice;
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
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final AnnouncedHeights announced = new AnnouncedHeights();

  /** A worker that answers with its name, may be lost, and may be held up. */
  private static final class Scripted implements Worker {
    private final String name;
    private final long height;
    volatile boolean lost;
    volatile CountDownLatch gate = new CountDownLatch(0);
    final CountDownLatch entered = new CountDownLatch(1);

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
      entered.countDown();
      if (lost) {
        throw new WorkerLost("gone", null);
      }
      try {
        assertTrue(gate.await(20, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return ProposalResponse.newBuilder().setPayload(ByteString.copyFromUtf8(name)).build();
    }

    @Override
    public SliceVerdict verify(ValidationSlice slice) {
      throw new UnsupportedOperationException();
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

  private ProposalDispatcher dispatcher(int max, Worker... workers) {
    return new ProposalDispatcher(List.of(workers), max, announced, meters);
  }

  private static String endorser(ProposalDispatcher dispatcher) {
    return dispatcher.endorse(proposal(), true).getPayload().toStringUtf8();
  }

  @Test
  void leastLoadedWorkerIsChosen() throws Exception {
    Scripted busy = new Scripted("busy", 5);
    busy.gate = new CountDownLatch(1);
    ProposalDispatcher dispatcher = dispatcher(10, busy, new Scripted("free", 5));
    CompletableFuture<String> held = CompletableFuture.supplyAsync(() -> endorser(dispatcher));
    assertTrue(busy.entered.await(20, TimeUnit.SECONDS));
    assertEquals(1, meters.get("dispatch.outstanding").tag("worker", "busy").gauge().value());
    assertEquals("free", endorser(dispatcher));
    busy.gate.countDown();
    assertEquals("busy", held.get(20, TimeUnit.SECONDS));
    assertEquals(0, meters.get("dispatch.outstanding").tag("worker", "busy").gauge().value());
  }

  @Test
  void workerBelowAnAnnouncedHeightIsNotChosen() {
    ProposalDispatcher dispatcher = dispatcher(10, new Scripted("low", 4), new Scripted("high", 5));
    assertEquals("low", endorser(dispatcher));
    announced.announced("ch", 5);
    announced.announced("ch", 3);
    assertEquals("high", endorser(dispatcher));
    announced.announced("ch", 9);
    assertEquals("high", endorser(dispatcher));
  }

  @Test
  void proposalOfALostWorkerGoesElsewhere() {
    Scripted lost = new Scripted("lost", 5);
    lost.lost = true;
    assertEquals("other", endorser(dispatcher(10, lost, new Scripted("other", 5))));
    Scripted lostToo = new Scripted("lostToo", 5);
    lostToo.lost = true;
    ProposalDispatcher dispatcher = dispatcher(10, lost, lostToo);
    assertThrows(ProposalRejected.class, () -> endorser(dispatcher));
  }
}
