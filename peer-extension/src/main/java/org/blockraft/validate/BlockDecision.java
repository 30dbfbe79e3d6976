package org.blockraft.validate;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.blockraft.identity.Identity;
import org.blockraft.state.StateView;
import org.blockraft.validate.DispatchChecks.NamespaceTarget;
import org.blockraft.validate.ReadWriteSet.NamespaceReadWrites;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.peer.TxValidationCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides one block's transactions in block order, given what verifying its slices found. Flags
 * depend only on the block, the configuration and the state before the block. One instance per
 * block, one thread.
 *
 * <p>Fabric: core/committer/txvalidator/v20/validator.go, v14/validator.go.
 */
final class BlockDecision {

  private static final Logger LOG = LoggerFactory.getLogger(BlockDecision.class);

  private final BlockVerdict verdict;
  private final CommittedTxIds ids;
  private final ApplicationPolicies policies;
  private final ConfigApplier applier;
  private final KeyPolicies keyPolicies;
  private final EndorsementRules rules;
  private final byte[] flags;
  private final String[] reasons;

  BlockDecision(
      BlockVerdict verdict,
      CommittedTxIds ids,
      DefinitionSource definitions,
      ApplicationPolicies policies,
      StateView committed,
      ConfigApplier applier) {
    this.verdict = verdict;
    this.ids = ids;
    this.policies = policies;
    this.applier = applier;
    this.keyPolicies = new KeyPolicies(committed);
    this.rules =
        policies.config().application().v20Validation()
            ? new RulesV20(definitions, policies, keyPolicies, committed)
            : new RulesV14(policies, keyPolicies, committed);
    this.flags = verdict.codes().clone();
    this.reasons = new String[flags.length];
  }

  byte[] decide() {
    DispatchChecks[] dispatched = dispatch();
    prefetch(dispatched);
    for (int i = 0; i < flags.length; i++) {
      if (flags[i] != TxValidationCode.VALID_VALUE) {
        continue;
      }
      ParsedTransaction transaction = verdict.transactions().get(i);
      if (transaction.type() == ParsedTransaction.CONFIG) {
        apply(transaction);
      } else {
        flags[i] = (byte) endorsement(i, dispatched[i]).getNumber();
      }
    }
    byte[] decided = flags.clone();
    markDuplicates();
    rules.finish(verdict.transactions(), decided, flags);
    logInvalid();
    return flags;
  }

  /** Duplicate ids and everything else that needs no policy. */
  private DispatchChecks[] dispatch() {
    DispatchChecks[] dispatched = new DispatchChecks[flags.length];
    for (int i = 0; i < flags.length; i++) {
      ParsedTransaction transaction = verdict.transactions().get(i);
      if (flags[i] != TxValidationCode.VALID_VALUE
          || transaction.type() != ParsedTransaction.ENDORSER_TRANSACTION) {
        continue;
      }
      if (ids.exists(transaction.txId())) {
        flags[i] = TxValidationCode.DUPLICATE_TXID_VALUE;
        continue;
      }
      dispatched[i] = rules.dispatch(transaction);
      flags[i] = (byte) dispatched[i].code().getNumber();
    }
    return dispatched;
  }

  private void prefetch(DispatchChecks[] dispatched) {
    List<NamespaceReadWrites> written = new ArrayList<>();
    for (DispatchChecks checks : dispatched) {
      if (checks != null) {
        for (NamespaceTarget target : checks.namespaces()) {
          target.readWrites().ifPresent(written::add);
        }
      }
    }
    keyPolicies.prefetch(written);
  }

  private void apply(ParsedTransaction transaction) {
    ConfigEnvelope envelope;
    try {
      envelope = ConfigEnvelope.parseFrom(transaction.data());
    } catch (InvalidProtocolBufferException e) {
      throw new ValidationException(
          "error unmarshalling config which passed initial validity checks", e);
    }
    try {
      applier.apply(envelope);
    } catch (RuntimeException e) {
      throw new ValidationException(
          "error validating config which passed initial validity checks: " + e.getMessage(), e);
    }
  }

  private TxValidationCode endorsement(int index, DispatchChecks dispatched) {
    ParsedTransaction transaction = verdict.transactions().get(index);
    EndorsementRules.Outcome outcome = rules.decide(transaction, dispatched, signers(index));
    reasons[index] = outcome.reason();
    return outcome.code();
  }

  private void logInvalid() {
    for (int i = 0; i < flags.length; i++) {
      if (flags[i] != TxValidationCode.VALID_VALUE) {
        LOG.warn(
            "[{}] Invalid transaction {} at index {} of block {}: {} {}",
            policies.config().channelId(),
            verdict.transactions().get(i).txId(),
            i,
            verdict.block().number(),
            TxValidationCode.forNumber(flags[i] & 0xff),
            reasons[i] == null ? "" : reasons[i]);
      }
    }
  }

  /** The identities whose endorsements count. */
  private List<Identity> signers(int index) {
    EndorserTransaction action =
        verdict.transactions().get(index).endorserTransaction().orElseThrow();
    List<Identity> signers = new ArrayList<>(verdict.signers()[index].length);
    for (int endorsement : verdict.signers()[index]) {
      signers.add(
          policies.config().msps().deserialize(action.endorsements().get(endorsement).endorser()));
    }
    return signers;
  }

  /** Of several valid transactions with one id the first stands. */
  private void markDuplicates() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < flags.length; i++) {
      ParsedTransaction transaction = verdict.transactions().get(i);
      if (flags[i] == TxValidationCode.VALID_VALUE
          && transaction.type() == ParsedTransaction.ENDORSER_TRANSACTION
          && !seen.add(transaction.txId())) {
        flags[i] = TxValidationCode.DUPLICATE_TXID_VALUE;
      }
    }
  }
}
