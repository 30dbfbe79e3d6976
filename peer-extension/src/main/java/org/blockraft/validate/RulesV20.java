package org.blockraft.validate;

import java.util.List;
import java.util.Optional;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.Identity;
import org.blockraft.state.StateView;
import org.blockraft.validate.DefinitionSource.ValidationInfo;
import org.blockraft.validate.DispatchChecks.NamespaceTarget;
import org.blockraft.validate.ReadWriteSet.NamespaceReadWrites;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/**
 * The rules of channels with the application capability V2_0 or later.
 *
 * <p>Fabric: core/committer/txvalidator/v20/plugindispatcher/dispatcher.go,
 * core/handlers/validation/builtin/v20.
 */
final class RulesV20 implements EndorsementRules {

  static final String BUILT_IN_PLUGIN = "vscc";

  private final BlockDefinitions definitions;
  private final ApplicationPolicies policies;
  private final KeyPolicies keyPolicies;
  private final StateView committed;

  RulesV20(
      DefinitionSource definitions,
      ApplicationPolicies policies,
      KeyPolicies keyPolicies,
      StateView committed) {
    this.definitions = new BlockDefinitions(definitions);
    this.policies = policies;
    this.keyPolicies = keyPolicies;
    this.committed = committed;
  }

  @Override
  public DispatchChecks dispatch(ParsedTransaction transaction) {
    return DispatchChecks.of(transaction);
  }

  @Override
  public Outcome decide(
      ParsedTransaction transaction, DispatchChecks dispatched, List<Identity> signers) {
    Outcome outcome = Outcome.VALID;
    for (NamespaceTarget target : dispatched.namespaces()) {
      boolean decided = outcome.code() != TxValidationCode.VALID;
      if (decided && !changesMetadata(target)) {
        continue;
      }
      // After a failure the other namespaces matter only to later transactions: a key whose
      // metadata was changed with sufficient endorsement is off limits to them all the same.
      Outcome ofNamespace = namespace(target, signers);
      if (!decided) {
        outcome = ofNamespace;
      }
    }
    return outcome;
  }

  @Override
  public void finish(List<ParsedTransaction> transactions, byte[] decided, byte[] flags) {
    // Nothing depends on the whole block.
  }

  private static boolean changesMetadata(NamespaceTarget target) {
    if (target.readWrites().isEmpty()) {
      return false;
    }
    NamespaceReadWrites namespace = target.readWrites().get();
    return !namespace.keys().metadataWrites().isEmpty()
        || namespace.collections().stream().anyMatch(c -> !c.keys().metadataWrites().isEmpty());
  }

  private Outcome namespace(NamespaceTarget target, List<Identity> signers) {
    ChannelConfig config = policies.config();
    Optional<ValidationInfo> info =
        definitions.validationInfo(target.namespace(), committed, config);
    if (info.isEmpty() || info.get().plugin().isEmpty() || info.get().policy().isEmpty()) {
      return new Outcome(
          TxValidationCode.INVALID_CHAINCODE,
          "chaincode definition for [%s] not found".formatted(target.namespace()));
    }
    requireBuiltInPlugin(info.get().plugin());
    EndorsementCheck check =
        new EndorsementCheck(
            target, info.get().policy(), signers, policies, keyPolicies, definitions, committed);
    Optional<String> failure = check.evaluate();
    if (failure.isPresent()) {
      return new Outcome(TxValidationCode.ENDORSEMENT_POLICY_FAILURE, failure.get());
    }
    target.readWrites().ifPresent(keyPolicies::endorsed);
    return Outcome.VALID;
  }

  /** A peer without the plugin that a definition names cannot go on with the channel. */
  static void requireBuiltInPlugin(String plugin) {
    if (!plugin.equals(BUILT_IN_PLUGIN)) {
      throw new ValidationException(
          "plugin with name %s couldn't be used: plugin with name %s wasn't found"
              .formatted(plugin, plugin));
    }
  }
}
