package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.blockraft.identity.ApplicationOrg;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.Identity;
import org.blockraft.identity.SignaturePolicies;
import org.blockraft.state.StateView;
import org.blockraft.validate.ChaincodeAction.ChaincodeName;
import org.blockraft.validate.DispatchChecks.NamespaceTarget;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/**
 * The rules of channels with an application capability of V1_3 or V1_4_2. Older ones, under which
 * keys have no policies of their own, are not known here: a channel with one stops at its first
 * endorser transaction.
 *
 * <p>Fabric: core/committer/txvalidator/v14, core/handlers/validation/builtin/v13.
 */
final class RulesV14 implements EndorsementRules {

  /** Not part of what applications may call; their namespaces are never written. */
  private static final Set<String> NOT_INVOKABLE = Set.of("vscc", "escc");

  private static final Set<String> NOT_WRITABLE = Set.of("vscc", "escc", "cscc");
  private static final Set<String> SYSTEM = Set.of("vscc", "escc", "lscc", "qscc", "cscc");

  private final ApplicationPolicies policies;
  private final KeyPolicies keyPolicies;
  private final StateView committed;
  private final DefinitionSource definitions = new LegacyDefinitionSource();
  private final Map<String, Optional<LegacyChaincode>> chaincodes = new HashMap<>();

  RulesV14(ApplicationPolicies policies, KeyPolicies keyPolicies, StateView committed) {
    this.policies = policies;
    this.keyPolicies = keyPolicies;
    this.committed = committed;
  }

  @Override
  public DispatchChecks dispatch(ParsedTransaction transaction) {
    DispatchChecks checks = DispatchChecks.of(transaction, TxValidationCode.INVALID_OTHER_REASON);
    if (checks.code() != TxValidationCode.VALID) {
      return checks;
    }
    String invoked = checks.namespaces().getFirst().namespace();
    if (SYSTEM.contains(invoked)) {
      return NOT_INVOKABLE.contains(invoked)
          ? DispatchChecks.failed(TxValidationCode.ILLEGAL_WRITESET)
          : new DispatchChecks(TxValidationCode.VALID, List.of(checks.namespaces().getFirst()));
    }
    for (NamespaceTarget target : checks.namespaces()) {
      if (target.namespace().equals(LegacyChaincode.NAMESPACE)
          || NOT_WRITABLE.contains(target.namespace())) {
        return DispatchChecks.failed(TxValidationCode.ILLEGAL_WRITESET);
      }
    }
    return checks;
  }

  @Override
  public Outcome decide(
      ParsedTransaction transaction, DispatchChecks dispatched, List<Identity> signers) {
    requireKeyPolicies();
    String invoked = dispatched.namespaces().getFirst().namespace();
    if (SYSTEM.contains(invoked)) {
      NamespaceTarget target = dispatched.namespaces().getFirst();
      return endorsement(transaction, target, anyMember(), signers);
    }
    String version =
        transaction.chaincodeAction().flatMap(ChaincodeAction::chaincode).orElseThrow().version();
    for (NamespaceTarget target : dispatched.namespaces()) {
      Outcome outcome = namespace(transaction, target, invoked, version, signers);
      if (outcome.code() != TxValidationCode.VALID) {
        return outcome;
      }
    }
    return Outcome.VALID;
  }

  private void requireKeyPolicies() {
    ChannelConfig config = policies.config();
    if (!config.application().keyLevelEndorsement()) {
      throw new ValidationException(
          "channel %s does not have the application capability V1_3 or later:"
                  .formatted(config.channelId())
              + " this peer does not have the validation rules of its transactions");
    }
  }

  private Outcome namespace(
      ParsedTransaction transaction,
      NamespaceTarget target,
      String invoked,
      String version,
      List<Identity> signers) {
    String name = target.namespace();
    Optional<LegacyChaincode> found;
    try {
      found = chaincodes.computeIfAbsent(name, key -> LegacyChaincode.find(key, committed));
    } catch (MalformedMessageException e) {
      return new Outcome(
          TxValidationCode.INVALID_OTHER_REASON, "unmarshalling ChaincodeQueryResponse failed");
    }
    if (found.isEmpty() || found.get().vscc().isEmpty() || found.get().policy().isEmpty()) {
      return new Outcome(
          TxValidationCode.INVALID_OTHER_REASON,
          "lscc's state for [%s] not found or invalid.".formatted(name));
    }
    if (name.equals(invoked) && !found.get().version().equals(version)) {
      return new Outcome(
          TxValidationCode.EXPIRED_CHAINCODE,
          "chaincode %s:%s didn't match version %s in lscc"
              .formatted(name, version, found.get().version()));
    }
    RulesV20.requireBuiltInPlugin(found.get().vscc());
    return endorsement(transaction, target, found.get().policy(), signers);
  }

  private Outcome endorsement(
      ParsedTransaction transaction,
      NamespaceTarget target,
      ByteString policy,
      List<Identity> signers) {
    Optional<String> failure =
        new EndorsementCheck(target, policy, signers, policies, keyPolicies, definitions, committed)
            .evaluate();
    if (failure.isEmpty() && target.namespace().equals(LegacyChaincode.NAMESPACE)) {
      failure = new LsccInvocation(transaction, target, policies, committed).failure();
    }
    if (failure.isPresent()) {
      return new Outcome(TxValidationCode.ENDORSEMENT_POLICY_FAILURE, failure.get());
    }
    target.readWrites().ifPresent(keyPolicies::endorsed);
    return Outcome.VALID;
  }

  /** System chaincodes have no definition: any member of the channel may endorse for them. */
  private ByteString anyMember() {
    List<String> members =
        policies.config().applicationOrgs().values().stream().map(ApplicationOrg::mspId).toList();
    return SignaturePolicies.signedByNOutOf(1, MSPRoleType.MEMBER, members).toByteString();
  }

  /**
   * Of several upgrades of a chaincode in one block the last one stands, even if its id is a
   * repeated one, and all calls of the chaincode in the block fall.
   */
  @Override
  public void finish(List<ParsedTransaction> transactions, byte[] decided, byte[] flags) {
    Map<String, Integer> lastUpgrades = new HashMap<>();
    for (int i = 0; i < flags.length; i++) {
      if (decided[i] != TxValidationCode.VALID_VALUE) {
        continue;
      }
      Optional<String> upgraded = LsccInvocation.upgradedChaincode(transactions.get(i));
      Integer earlier = upgraded.isPresent() ? lastUpgrades.put(upgraded.get(), i) : null;
      if (earlier != null) {
        flags[earlier] = TxValidationCode.CHAINCODE_VERSION_CONFLICT_VALUE;
      }
    }
    for (int i = 0; i < flags.length; i++) {
      if (flags[i] == TxValidationCode.VALID_VALUE
          && invoked(transactions.get(i)).map(lastUpgrades::containsKey).orElse(false)) {
        flags[i] = TxValidationCode.CHAINCODE_VERSION_CONFLICT_VALUE;
      }
    }
  }

  private static Optional<String> invoked(ParsedTransaction transaction) {
    return transaction.type() == ParsedTransaction.ENDORSER_TRANSACTION
        ? transaction.chaincodeAction().flatMap(ChaincodeAction::chaincode).map(ChaincodeName::name)
        : Optional.empty();
  }
}
