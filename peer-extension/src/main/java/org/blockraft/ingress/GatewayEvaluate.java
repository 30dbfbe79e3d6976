package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Context;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.hyperledger.fabric.protos.gateway.ErrorDetail;
import org.hyperledger.fabric.protos.gateway.EvaluateRequest;
import org.hyperledger.fabric.protos.gateway.EvaluateResponse;
import org.hyperledger.fabric.protos.peer.ChaincodeAction;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.ProposalResponsePayload;
import org.hyperledger.fabric.protos.peer.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates a transaction on one endorser.
 *
 * <p>Fabric source: internal/pkg/gateway/evaluate.go.
 */
final class GatewayEvaluate {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayService.class);

  private final GatewaySettings settings;
  private final ServedChannels channels;
  private final Endorsers endorsers;
  private final Executor threads;

  GatewayEvaluate(
      GatewaySettings settings, ServedChannels channels, Endorsers endorsers, Executor threads) {
    this.settings = settings;
    this.channels = channels;
    this.endorsers = endorsers;
    this.threads = threads;
  }

  EvaluateResponse evaluate(EvaluateRequest request) throws Exception {
    GatewayProposal proposal = parse(request);
    if (channels.channel(proposal.channelId()).isEmpty()) {
      throw GatewayErrors.of(
          Code.UNAVAILABLE,
          "failed to get config for channel [%s]: could not get last config for channel %s"
              .formatted(proposal.channelId(), proposal.channelId()));
    }
    EndorsementPlan plan = plan(proposal, request.getTargetOrganizationsList());
    try {
      EndorserOutcome outcome = ask(plan, proposal);
      return EvaluateResponse.newBuilder().setResult(result(outcome.response())).build();
    } catch (CallDeadline.Over e) {
      throw GatewayErrors.of(Code.DEADLINE_EXCEEDED, "evaluate timeout expired");
    }
  }

  private static GatewayProposal parse(EvaluateRequest request) {
    try {
      if (request.getProposedTransaction().getProposalBytes().isEmpty()) {
        throw new ServiceException("a signed proposal is required");
      }
      GatewayProposal proposal = GatewayProposal.parse(request.getProposedTransaction());
      proposal.requireNames();
      return proposal;
    } catch (ServiceException e) {
      throw GatewayErrors.of(
          Code.INVALID_ARGUMENT, "failed to unpack transaction proposal: " + e.getMessage());
    }
  }

  private EndorsementPlan plan(GatewayProposal proposal, List<String> targetOrgs) {
    // Transient data may be secret: without the client's word it does not leave our organization.
    boolean protect = proposal.hasTransientData() && targetOrgs.isEmpty();
    List<String> orgs = protect ? List.of(endorsers.localMspId()) : targetOrgs;
    try {
      return endorsers.forEvaluation(proposal.channelId(), proposal.chaincode(), orgs);
    } catch (ServiceException e) {
      String prefix =
          protect
              ? "no endorsers found in the gateway's organization; retry specifying target organization(s) to protect transient data: "
              : "";
      throw GatewayErrors.of(Code.FAILED_PRECONDITION, prefix + e.getMessage());
    }
  }

  private EndorserOutcome ask(EndorsementPlan plan, GatewayProposal proposal) throws Exception {
    Member member = plan.endorsers().getFirst();
    List<ErrorDetail> errors = new ArrayList<>();
    while (true) {
      EndorserOutcome outcome = ask(member, proposal);
      if (outcome.isOk()) {
        return outcome;
      }
      LOG.debug(
          "Evaluate call to endorser failed chaincode={} channel={} endorser={} error={}",
          proposal.chaincode(),
          proposal.channelId(),
          member.endpoint(),
          outcome.message());
      errors.add(GatewayErrors.detail(member, outcome.message()));
      if (outcome.lost()) {
        endorsers.lost(member);
      }
      if (!outcome.retry()) {
        throw GatewayErrors.of(
            outcome.code(),
            "evaluate call to endorser returned error: " + outcome.message(),
            errors);
      }
      Optional<Member> replacement = plan.replacement(member);
      if (replacement.isEmpty()) {
        throw GatewayErrors.of(
            outcome.code(),
            "failed to evaluate transaction, see attached details for more info",
            errors);
      }
      member = replacement.get();
    }
  }

  private EndorserOutcome ask(Member member, GatewayProposal proposal) throws Exception {
    Context context = Context.current();
    return CallDeadline.await(
        CompletableFuture.supplyAsync(
            () -> {
              Context before = context.attach();
              try {
                return EndorserOutcome.of(
                    member.endorser().process(proposal.signed(), settings.endorsementTimeout()));
              } finally {
                context.detach(before);
              }
            },
            threads));
  }

  /**
   * The response with the transaction's result as its payload, which need not be what the peer put
   * there.
   */
  private static Response result(ProposalResponse response) {
    try {
      ByteString extension =
          ProposalResponsePayload.parseFrom(response.getPayload()).getExtension();
      ByteString payload = ChaincodeAction.parseFrom(extension).getResponse().getPayload();
      return response.getResponse().toBuilder().setPayload(payload).build();
    } catch (InvalidProtocolBufferException e) {
      LOG.warn("Successful proposal response contained no transaction result", e);
      return response.getResponse();
    }
  }
}
