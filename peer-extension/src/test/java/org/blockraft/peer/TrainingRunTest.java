package org.blockraft.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.hyperledger.fabric.protos.peer.ChannelQueryResponse;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.junit.jupiter.api.Test;

final class TrainingRunTest {
  /** Also the smallest whole node: from core.yaml to an endorsed answer over TLS, and its end. */
  @Test
  void aNodeMadeForTheMomentAnswersAndEnds() throws Exception {
    ProposalResponse response = TrainingRun.run();
    assertEquals(200, response.getResponse().getStatus(), response.getResponse().getMessage());
    assertEquals(
        ChannelQueryResponse.getDefaultInstance(),
        ChannelQueryResponse.parseFrom(response.getResponse().getPayload()));
  }
}
