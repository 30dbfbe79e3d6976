package org.blockraft.ingress;

import io.grpc.Context;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.hyperledger.fabric.protos.gateway.EndorseRequest;
import org.hyperledger.fabric.protos.gateway.EndorseResponse;
import org.hyperledger.fabric.protos.gateway.ErrorDetail;
import org.hyperledger.fabric.protos.peer.ChaincodeCall;
import org.hyperledger.fabric.protos.peer.ChaincodeInterest;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the endorsements of a transaction: from the organizations that the client names, else
 * from one endorser of our own first, whose answer tells which policies must be satisfied.
 *
 * <p>Fabric source: internal/pkg/gateway/endorse.go.
 */
final class GatewayEndorse {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayService.class);

  private final GatewaySettings settings;
  private final Endorsers endorsers;
  private final Executor threads;

  GatewayEndorse(GatewaySettings settings, Endorsers endorsers, Executor threads) {
    this.settings = settings;
    this.endorsers = endorsers;
    this.threads = threads;
  }

  EndorseResponse endorse(EndorseRequest request) throws Exception {
    if (request.getProposedTransaction().getProposalBytes().isEmpty()) {
      throw GatewayErrors.of(
          Code.INVALID_ARGUMENT, "the proposed transaction must contain a signed proposal");
    }
    GatewayProposal proposal;
    try {
      proposal = GatewayProposal.parse(request.getProposedTransaction());
    } catch (ServiceException e) {
      throw GatewayErrors.of(Code.INVALID_ARGUMENT, e.getMessage());
    }
    EndorsementPlan plan =
        request.getEndorsingOrganizationsCount() > 0
            ? planOfClient(proposal, request.getEndorsingOrganizationsList())
            : planFromFirstEndorser(proposal);
    collect(plan, proposal);
    if (!plan.isComplete()) {
      throw GatewayErrors.of(
          Code.ABORTED,
          "failed to collect enough transaction endorsements, see attached details for more info",
          plan.errors());
    }
    return EndorseResponse.newBuilder()
        .setPreparedTransaction(
            PreparedTransactions.of(proposal, plan.payload(), plan.endorsements()))
        .build();
  }

  private EndorsementPlan planOfClient(GatewayProposal proposal, List<String> orgs) {
    try {
      return endorsers.forOrgs(proposal.channelId(), proposal.chaincode(), orgs);
    } catch (ServiceException e) {
      throw GatewayErrors.of(Code.UNAVAILABLE, e.getMessage());
    }
  }

  private EndorsementPlan planFromFirstEndorser(GatewayProposal proposal) throws Exception {
    ChaincodeInterest defaultInterest =
        ChaincodeInterest.newBuilder()
            .addChaincodes(ChaincodeCall.newBuilder().setName(proposal.chaincode()))
            .build();
    EndorsementPlan firstPlan = firstPlan(proposal, defaultInterest);
    Member first = firstPlan.endorsers().getFirst();
    List<ErrorDetail> errors = new ArrayList<>();
    ProposalResponse response = null;
    while (response == null) {
      EndorserOutcome outcome = askFirst(first, proposal);
      if (outcome.isOk()) {
        response = outcome.response();
      } else {
        LOG.warn("Endorse call to endorser {} failed: {}", first.endpoint(), outcome.message());
        errors.add(GatewayErrors.detail(first, outcome.message()));
        if (outcome.lost()) {
          endorsers.lost(first);
        }
        Optional<Member> replacement = firstPlan.replacement(first);
        if (replacement.isEmpty()) {
          throw GatewayErrors.of(
              Code.ABORTED,
              "failed to endorse transaction, see attached details for more info",
              errors);
        }
        first = replacement.get();
      }
    }
    ChaincodeInterest interest =
        response.getInterest().getChaincodesCount() == 0 ? defaultInterest : response.getInterest();
    EndorsementPlan plan = planForInterest(proposal, interest, first);
    plan.accept(first, response);
    return plan;
  }

  private EndorsementPlan firstPlan(GatewayProposal proposal, ChaincodeInterest defaultInterest) {
    try {
      return endorsers.forOrgs(
          proposal.channelId(), proposal.chaincode(), List.of(endorsers.localMspId()));
    } catch (ServiceException e) {
      LOG.debug("No endorser of our own for {}: {}", proposal.chaincode(), e.getMessage());
    }
    if (proposal.hasTransientData()) {
      throw GatewayErrors.of(
          Code.FAILED_PRECONDITION,
          "no endorsers found in the gateway's organization; retry specifying endorsing organization(s) to protect transient data");
    }
    try {
      return endorsers.forInterest(proposal.channelId(), defaultInterest, null);
    } catch (ServiceException e) {
      throw GatewayErrors.of(Code.FAILED_PRECONDITION, e.getMessage());
    }
  }

  /** With transient data only organizations that own the collections may see the proposal. */
  private EndorsementPlan planForInterest(
      GatewayProposal proposal, ChaincodeInterest interest, Member first) {
    List<String> protectedCollections = new ArrayList<>();
    ChaincodeInterest.Builder careful = interest.toBuilder();
    if (proposal.hasTransientData()) {
      for (ChaincodeCall.Builder call : careful.getChaincodesBuilderList()) {
        if (call.getNoPrivateReads()) {
          call.setNoPrivateReads(false);
          protectedCollections.addAll(call.getCollectionNamesList());
        }
      }
    }
    try {
      return endorsers.forInterest(proposal.channelId(), careful.build(), first);
    } catch (ServiceException e) {
      String text = e.getMessage();
      if (!protectedCollections.isEmpty()) {
        text = textWithoutCare(proposal, interest, first, protectedCollections);
      }
      throw GatewayErrors.of(Code.FAILED_PRECONDITION, text);
    }
  }

  private String textWithoutCare(
      GatewayProposal proposal,
      ChaincodeInterest interest,
      Member first,
      List<String> collections) {
    try {
      endorsers.forInterest(proposal.channelId(), interest, first);
      return "requires endorsement from organisation(s) that are not in the distribution policy of the private data collection(s): ["
          + String.join(" ", collections)
          + "]; retry specifying trusted endorsing organizations to protect transient data";
    } catch (ServiceException e) {
      return e.getMessage();
    }
  }

  private void collect(EndorsementPlan plan, GatewayProposal proposal) throws Exception {
    while (!plan.isComplete()) {
      List<Member> members = plan.endorsers();
      if (members.isEmpty()) {
        return;
      }
      List<CompletableFuture<Optional<String>>> asked = new ArrayList<>();
      Context context = Context.current();
      for (Member member : members) {
        asked.add(
            CompletableFuture.supplyAsync(
                () -> {
                  Context before = context.attach();
                  try {
                    return askUntilOneEndorses(plan, member, proposal);
                  } finally {
                    context.detach(before);
                  }
                },
                threads));
      }
      try {
        Set<String> exhausted = new LinkedHashSet<>();
        for (CompletableFuture<Optional<String>> one : asked) {
          CallDeadline.await(one).ifPresent(exhausted::add);
        }
        plan.abandon(exhausted);
      } catch (CallDeadline.Over e) {
        LOG.warn("Endorse call timed out while collecting endorsements");
        throw timeout("endorsement timeout expired while collecting endorsements");
      }
    }
  }

  /** Asks members of one group in turn; the group when none of them endorsed. */
  private Optional<String> askUntilOneEndorses(
      EndorsementPlan plan, Member first, GatewayProposal proposal) {
    Optional<Member> member = Optional.of(first);
    while (member.isPresent()) {
      Member current = member.get();
      EndorserOutcome outcome = ask(current, proposal);
      if (outcome.isOk()) {
        if (plan.accept(current, outcome.response())) {
          return Optional.empty();
        }
      } else {
        LOG.warn("Endorse call to endorser {} failed: {}", current.endpoint(), outcome.message());
        if (outcome.lost()) {
          endorsers.lost(current);
        }
        plan.addError(GatewayErrors.detail(current, outcome.message()));
      }
      member = plan.replacement(current);
    }
    return Optional.of(plan.group(first));
  }

  private EndorserOutcome ask(Member member, GatewayProposal proposal) {
    return EndorserOutcome.of(
        member.endorser().process(proposal.signed(), settings.endorsementTimeout()));
  }

  private EndorserOutcome askFirst(Member member, GatewayProposal proposal) throws Exception {
    Context context = Context.current();
    try {
      return CallDeadline.await(
          CompletableFuture.supplyAsync(
              () -> {
                Context before = context.attach();
                try {
                  return ask(member, proposal);
                } finally {
                  context.detach(before);
                }
              },
              threads));
    } catch (CallDeadline.Over e) {
      LOG.warn("Endorse call timed out while collecting first endorsement");
      throw timeout("endorsement timeout expired while collecting first endorsement");
    }
  }

  private static StatusRuntimeException timeout(String text) {
    return GatewayErrors.of(Code.DEADLINE_EXCEEDED, text);
  }
}
