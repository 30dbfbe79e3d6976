package org.blockraft.ingress;

import io.grpc.Status.Code;
import org.hyperledger.fabric.protos.peer.ProposalResponse;

/**
 * What the gateway makes of an endorser's reply.
 *
 * @param code OK, or the kind of error
 * @param message the error's text
 * @param retry whether another endorser may do better
 * @param lost whether the connection to the endorser is of no more use
 * @param response null unless the endorser answered
 *     <p>Fabric source: internal/pkg/gateway/apiutils.go responseStatus.
 */
record EndorserOutcome(
    Code code, String message, boolean retry, boolean lost, ProposalResponse response) {
  private static final String STREAM_TERMINATED = "chaincode stream terminated";

  static EndorserOutcome of(EndorserClient.Reply reply) {
    return switch (reply) {
      case EndorserClient.Reply.Failed(String text) ->
          new EndorserOutcome(Code.UNAVAILABLE, text, true, true, null);
      case EndorserClient.Reply.Refused(String text) ->
          new EndorserOutcome(Code.FAILED_PRECONDITION, text, false, false, null);
      case EndorserClient.Reply.Answered(ProposalResponse response) -> of(response);
    };
  }

  private static EndorserOutcome of(ProposalResponse response) {
    int status = response.getResponse().getStatus();
    String message = response.getResponse().getMessage();
    if (status >= 200 && status < 400) {
      return new EndorserOutcome(Code.OK, "", false, false, response);
    }
    if (response.getPayload().isEmpty() && status == 500) {
      // Made by the peer, not the chaincode. A chaincode that broke down may be well elsewhere.
      boolean lost = message.endsWith(STREAM_TERMINATED);
      return new EndorserOutcome(Code.ABORTED, message, true, lost, response);
    }
    String text = "chaincode response " + status + ", " + message;
    return new EndorserOutcome(Code.UNKNOWN, text, false, false, response);
  }

  boolean isOk() {
    return code == Code.OK;
  }
}
