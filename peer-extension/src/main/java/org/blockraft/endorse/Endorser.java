package org.blockraft.endorse;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HexFormat;
import java.util.Optional;
import org.blockraft.chaincode.ChaincodeException;
import org.blockraft.chaincode.ChaincodeOutcome;
import org.blockraft.chaincode.EndorsementInfo;
import org.blockraft.chaincode.TransactionContext;
import org.blockraft.identity.AclChecker;
import org.blockraft.identity.Identity;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.MspManager;
import org.blockraft.identity.Signer;
import org.blockraft.ledger.LedgerException;
import org.blockraft.lifecycle.ChannelDirectory;
import org.blockraft.lifecycle.ChannelHandle;
import org.blockraft.lifecycle.LifecycleException;
import org.blockraft.lifecycle.PeerChannelServices;
import org.blockraft.simulation.SimulationException;
import org.blockraft.simulation.SimulationResult;
import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.peer.ChaincodeEvent;
import org.hyperledger.fabric.protos.peer.ChaincodeInput;
import org.hyperledger.fabric.protos.peer.ChaincodeInterest;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks, simulates and endorses proposals. A proposal is simulated on one state from start to end.
 * Blocks its caller for as long as the chaincode takes; safe for use by many threads.
 *
 * <p>Fabric source: core/endorser/endorser.go.
 */
public final class Endorser {
  /** A chaincode's answer with this status or above is no transaction, and is not endorsed. */
  private static final int ERROR_THRESHOLD = 400;

  private static final int ERROR = 500;
  private static final Logger LOG = LoggerFactory.getLogger("endorser");

  private final ChannelDirectory channels;
  private final MspManager localMsps;
  private final AclChecker acls;
  private final PeerChannelServices services;
  private final Execution execution;
  private final PrivateDataDistributor distributor;
  private final Endorsements endorsements;
  private final AuthFilters filters;
  private final EndorserMetrics metrics;

  /** Executes what is no system chaincode: {@code ChaincodeRuntime::execute}. */
  @FunctionalInterface
  public interface Execution {
    ChaincodeOutcome execute(TransactionContext tx, ChaincodeInput input);
  }

  /**
   * @param localMsps knows the peer's own MSP, for proposals that name no channel
   */
  public Endorser(
      ChannelDirectory channels,
      MspManager localMsps,
      AclChecker acls,
      PeerChannelServices services,
      Execution execution,
      PrivateDataDistributor distributor,
      Signer signer,
      AuthFilters filters,
      MeterRegistry meters) {
    this.channels = channels;
    this.localMsps = localMsps;
    this.acls = acls;
    this.services = services;
    this.execution = execution;
    this.distributor = distributor;
    this.endorsements = new Endorsements(signer);
    this.filters = filters;
    this.metrics = new EndorserMetrics(meters);
  }

  /** What a simulation brought. */
  private record Simulated(
      Response response, ByteString results, ChaincodeEvent event, ChaincodeInterest interest) {}

  /**
   * Answers one proposal. Whatever fails after the proposal is accepted is an answer with status
   * 500.
   *
   * @param filtered whether the filters of the Endorser service apply; the gateway of stock 2.5
   *     calls its endorser behind them, so an expired certificate is no hindrance there
   * @throws ProposalRejected when the proposal is refused as such
   */
  public ProposalResponse process(SignedProposal signed, boolean filtered) {
    long start = System.nanoTime();
    metrics.received();
    UnpackedProposal proposal = unpack(signed, filtered ? filters : AuthFilters.NONE);
    Optional<ChannelHandle> channel = Optional.empty();
    if (!proposal.channelId().isEmpty()) {
      channel = channels.channel(proposal.channelId());
      if (channel.isEmpty()) {
        return failure("channel '" + proposal.channelId() + "' not found");
      }
    }
    requireAcceptable(proposal, channel);
    boolean success = false;
    try {
      ProposalResponse response = endorse(proposal, channel);
      success = response.hasEndorsement() || channel.isEmpty();
      if (success) {
        metrics.successful();
      }
      return response;
    } catch (EndorsementFailure e) {
      LOG.warn(
          "Failed to invoke chaincode {} on channel {}: {}",
          proposal.chaincode(),
          proposal.channelId(),
          e.getMessage());
      return failure(e.getMessage());
    } finally {
      double seconds = (System.nanoTime() - start) / 1e9;
      metrics.took(proposal.channelId(), proposal.chaincode(), success, seconds);
      LOG.debug(
          "[{}] {} on channel {}: {} after {} s",
          proposal.txId(),
          proposal.chaincode(),
          proposal.channelId(),
          success ? "endorsed" : "not endorsed",
          seconds);
    }
  }

  private UnpackedProposal unpack(SignedProposal signed, AuthFilters applied) {
    try {
      return UnpackedProposal.unpack(signed, applied);
    } catch (ProposalRejected e) {
      metrics.validationFailed();
      LOG.warn("Failed to unpack proposal: {}", e.getMessage());
      throw e;
    }
  }

  private void requireAcceptable(UnpackedProposal proposal, Optional<ChannelHandle> channel) {
    Identity creator;
    try {
      creator = proposal.validate(channel.map(c -> c.config().msps()).orElse(localMsps));
    } catch (ProposalRejected e) {
      metrics.validationFailed();
      throw new ProposalRejected("error validating proposal: " + e.getMessage(), e);
    }
    if (channel.isEmpty()) {
      return;
    }
    if (channel.get().ledger().exists(proposal.txId())) {
      metrics.duplicate(proposal.channelId(), proposal.chaincode());
      throw new ProposalRejected(
          "duplicate transaction found [%s]. Creator [%s]"
              .formatted(
                  proposal.txId(),
                  HexFormat.of().formatHex(proposal.signatureHeader().getCreator().toByteArray())));
    }
    // A system chaincode checks access itself, function by function.
    if (!services.isSystemChaincode(proposal.chaincode())) {
      try {
        acls.checkVerified("peer/Propose", proposal.channelId(), creator);
      } catch (IdentityException e) {
        metrics.accessDenied(proposal.channelId(), proposal.chaincode());
        throw new ProposalRejected(e.getMessage(), e);
      }
    }
  }

  private ProposalResponse endorse(UnpackedProposal proposal, Optional<ChannelHandle> channel) {
    boolean simulated =
        channel.isPresent()
            && !proposal.chaincode().equals("qscc")
            && !proposal.chaincode().equals("cscc");
    if (!simulated) {
      return endorse(proposal, channel.orElse(null), null);
    }
    try (TransactionSimulator simulator = services.begin(channel.get(), proposal.txId())) {
      return endorse(proposal, channel.get(), simulator);
    }
  }

  /**
   * @param channel null for a proposal that names none
   * @param simulator null without access to state
   */
  private ProposalResponse endorse(
      UnpackedProposal proposal, ChannelHandle channel, TransactionSimulator simulator) {
    EndorsementInfo info = resolve(proposal, simulator);
    Simulated simulated;
    try {
      simulated = simulate(proposal, channel, simulator);
    } catch (RuntimeException e) {
      metrics.simulationFailed(proposal.channelId(), proposal.chaincode());
      throw EndorsementFailure.wrap(known(e), "error in simulation");
    }
    Response response = simulated.response();
    ProposalResponse.Builder answer = ProposalResponse.newBuilder().setResponse(response);
    boolean failed = response.getStatus() >= ERROR;
    if (!failed && channel == null) {
      return answer.build();
    }
    if (!failed && response.getStatus() >= ERROR_THRESHOLD) {
      metrics.endorsementFailed(proposal.channelId(), proposal.chaincode(), true);
      return answer.build();
    }
    ByteString payload =
        Endorsements.payload(
            proposal.hash(),
            response,
            simulated.results(),
            simulated.event(),
            proposal.chaincode(),
            info.version());
    answer.setPayload(payload);
    if (simulated.interest() != null) {
      answer.setInterest(simulated.interest());
    }
    if (failed) {
      return answer.build();
    }
    try {
      Endorsements.requireKnownPlugin(info);
      return answer.setVersion(1).setEndorsement(endorsements.sign(payload)).build();
    } catch (EndorsementFailure | IdentityException e) {
      metrics.endorsementFailed(proposal.channelId(), proposal.chaincode(), false);
      throw EndorsementFailure.wrap(e, "endorsing with plugin failed");
    }
  }

  private EndorsementInfo resolve(UnpackedProposal proposal, TransactionSimulator simulator) {
    try {
      return services.resolve(proposal.channelId(), proposal.chaincode(), simulator);
    } catch (RuntimeException e) {
      throw EndorsementFailure.wrap(
          known(e),
          "make sure the chaincode %s has been successfully defined on channel %s and try again"
              .formatted(proposal.chaincode(), proposal.channelId()));
    }
  }

  private Simulated simulate(
      UnpackedProposal proposal, ChannelHandle channel, TransactionSimulator simulator) {
    ChaincodeOutcome outcome = execute(proposal, simulator);
    // What failed is no transaction, so nobody may hear of its event.
    ChaincodeEvent event =
        outcome.response().getStatus() >= ERROR_THRESHOLD ? null : outcome.event();
    if (simulator == null) {
      return new Simulated(outcome.response(), ByteString.EMPTY, event, null);
    }
    SimulationResult result = simulator.result();
    if (result.privateRwset() != null) {
      long height = channel.ledger().height();
      distributor.distribute(
          channel.channelId(),
          proposal.txId(),
          PrivateDataAssembly.assemble(
              result.privateRwset(), channel.definitions(), simulator, height),
          height);
    }
    return new Simulated(
        outcome.response(),
        result.publicRwset(),
        event,
        InterestBuilder.build(result.facts(), services::isSystemChaincode));
  }

  private ChaincodeOutcome execute(UnpackedProposal proposal, TransactionSimulator simulator) {
    TransactionContext tx =
        new TransactionContext(
            proposal.channelId(),
            proposal.txId(),
            proposal.signed(),
            proposal.proposal(),
            proposal.chaincode(),
            simulator,
            services);
    ChaincodeInput input = proposal.input();
    if (input.getDecorationsCount() > 0) {
      // Decorations are the peer's own word to the chaincode; a client's are dropped.
      input = input.toBuilder().clearDecorations().build();
    }
    if (!services.isSystemChaincode(proposal.chaincode())) {
      return execution.execute(tx, input);
    }
    if (input.getIsInit()) {
      throw new ChaincodeException(
          "failed to execute transaction %s: invalid invocation: chaincode '%s' does not require initialization but called as init"
              .formatted(proposal.txId(), proposal.chaincode()));
    }
    try {
      return new ChaincodeOutcome(
          services.invokeSystemChaincode(proposal.chaincode(), tx, input, true), null);
    } catch (LifecycleException e) {
      throw new ChaincodeException(
          "failed to execute transaction " + proposal.txId() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Logs what is no answer of Fabric's but a fault of this peer, before the client sees its text.
   */
  private static RuntimeException known(RuntimeException e) {
    boolean expected =
        e instanceof LifecycleException
            || e instanceof SimulationException
            || e instanceof ChaincodeException
            || e instanceof IdentityException
            || e instanceof LedgerException;
    if (!expected) {
      LOG.error("A simulation failed for a reason nobody expected", e);
    }
    return e;
  }

  private static ProposalResponse failure(String message) {
    return ProposalResponse.newBuilder()
        .setResponse(Response.newBuilder().setStatus(ERROR).setMessage(message))
        .build();
  }
}
