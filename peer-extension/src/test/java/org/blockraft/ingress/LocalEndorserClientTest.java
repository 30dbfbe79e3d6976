package org.blockraft.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.blockraft.dispatch.AnnouncedHeights;
import org.blockraft.dispatch.ProposalDispatcher;
import org.blockraft.endorse.ProposalRejected;
import org.blockraft.ingress.EndorserClient.Reply;
import org.blockraft.worker.LocalWorker;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalEndorserClientTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theFiltersStandBeforeTheGatewayAsTheReleaseHasThem(boolean filtered) {
    List<Boolean> seen = new ArrayList<>();
    LocalWorker worker =
        new LocalWorker(
            "local",
            task -> {
              seen.add(task.filtered());
              return ProposalResponse.getDefaultInstance();
            },
            _ -> 1L,
            () -> true);
    ProposalDispatcher dispatcher =
        new ProposalDispatcher(worker, 1, new AnnouncedHeights(), new SimpleMeterRegistry());
    new LocalEndorserClient(dispatcher, filtered)
        .process(SignedProposal.getDefaultInstance(), Duration.ofSeconds(1));
    assertEquals(List.of(filtered), seen);
  }

  @Test
  void whatAFilterRefusesMayBeAskedOfAnotherPeer() {
    assertEquals(new Reply.Failed("expired"), reply(ProposalRejected.byFilter("expired", null)));
    assertEquals(
        new Reply.Refused("epoch is non-zero"), reply(new ProposalRejected("epoch is non-zero")));
  }

  private static Reply reply(ProposalRejected rejected) {
    LocalWorker worker =
        new LocalWorker(
            "local",
            _ -> {
              throw rejected;
            },
            _ -> 1L,
            () -> true);
    ProposalDispatcher dispatcher =
        new ProposalDispatcher(worker, 1, new AnnouncedHeights(), new SimpleMeterRegistry());
    return new LocalEndorserClient(dispatcher, true)
        .process(SignedProposal.getDefaultInstance(), Duration.ofSeconds(1));
  }
}
