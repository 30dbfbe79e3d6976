package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.blockraft.identity.Identity;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateView;
import org.blockraft.validate.DispatchChecks.NamespaceTarget;
import org.blockraft.validate.KeyReadWrites.KeyWrite;
import org.blockraft.validate.ReadWriteSet.CollectionReadWrites;
import org.blockraft.validate.ReadWriteSet.NamespaceReadWrites;

/**
 * Whether one transaction's endorsers satisfy the policies of one namespace: for each written key
 * its own policy, else its collection's, else the chaincode's, each of the latter once. One
 * instance per transaction and namespace.
 *
 * <p>Fabric: core/common/validation/statebased/validator_keylevel.go baseEvaluator and v20.go
 * policyCheckerV20.
 */
final class EndorsementCheck {

  private static final Optional<String> SATISFIED = Optional.empty();

  private final NamespaceTarget target;
  private final ByteString chaincodePolicy;
  private final List<Identity> signers;
  private final ApplicationPolicies policies;
  private final KeyPolicies keyPolicies;
  private final DefinitionSource definitions;
  private final StateView committed;
  private final Set<String> checkedCollections = new HashSet<>();
  private boolean chaincodePolicyChecked;
  private boolean anythingChecked;

  EndorsementCheck(
      NamespaceTarget target,
      ByteString chaincodePolicy,
      List<Identity> signers,
      ApplicationPolicies policies,
      KeyPolicies keyPolicies,
      DefinitionSource definitions,
      StateView committed) {
    this.target = target;
    this.chaincodePolicy = chaincodePolicy;
    this.signers = signers;
    this.policies = policies;
    this.keyPolicies = keyPolicies;
    this.definitions = definitions;
    this.committed = committed;
  }

  /** Why the policies are not satisfied; absent if they are. */
  Optional<String> evaluate() {
    if (target.readWrites().isPresent()) {
      Optional<String> failure = evaluateWrites(target.readWrites().get());
      if (failure.isPresent()) {
        return failure;
      }
    }
    return anythingChecked ? SATISFIED : checkChaincodePolicy();
  }

  private Optional<String> evaluateWrites(NamespaceReadWrites namespace) {
    Optional<String> failure = writes("", namespace.keys());
    if (failure.isEmpty()) {
      failure = metadataWrites("", namespace.keys());
    }
    for (CollectionReadWrites collection : namespace.collections()) {
      if (failure.isEmpty()) {
        failure = writes(collection.collection(), collection.keys());
      }
    }
    for (CollectionReadWrites collection : namespace.collections()) {
      if (failure.isEmpty()) {
        failure = metadataWrites(collection.collection(), collection.keys());
      }
    }
    return failure;
  }

  private Optional<String> writes(String collection, KeyReadWrites keys) {
    for (KeyWrite write : keys.writes()) {
      Optional<String> failure = checkKey(collection, write.key());
      if (failure.isPresent()) {
        return failure;
      }
    }
    return SATISFIED;
  }

  private Optional<String> metadataWrites(String collection, KeyReadWrites keys) {
    for (MetadataWrite write : keys.metadataWrites()) {
      Optional<String> failure = checkKey(collection, write.key());
      if (failure.isPresent()) {
        return failure;
      }
    }
    return SATISFIED;
  }

  private Optional<String> checkKey(String collection, byte[] key) {
    StateKey stateKey = KeyPolicies.key(target.namespace(), collection, key);
    if (keyPolicies.changedInBlock(stateKey)) {
      return Optional.of(
          "validation parameters for key [%s] in namespace [%s:%s] have been changed in this block"
              .formatted(stateKey, target.namespace(), collection));
    }
    // A collection that is not defined has no key policies; looking it up tells below.
    ByteString keyPolicy =
        collection.isEmpty() || collectionPolicy(collection).isPresent()
            ? keyPolicies.policy(stateKey)
            : ByteString.EMPTY;
    if (keyPolicy.isEmpty()) {
      return collection.isEmpty() ? checkChaincodePolicy() : checkCollection(collection);
    }
    Optional<String> failure = policies.evaluateKeyPolicy(keyPolicy, signers);
    anythingChecked |= failure.isEmpty();
    return failure.map(text -> "validation of key %s failed: %s".formatted(stateKey, text));
  }

  private Optional<String> checkCollection(String collection) {
    if (checkedCollections.contains(collection)) {
      return SATISFIED;
    }
    Optional<ByteString> policy = collectionPolicy(collection);
    if (policy.isEmpty()) {
      return Optional.of("no such collection '%s'".formatted(collection));
    }
    if (policy.get().isEmpty()) {
      return checkChaincodePolicy();
    }
    Optional<String> failure = policies.evaluate(policy.get(), signers);
    if (failure.isPresent()) {
      return Optional.of(
          "validation of endorsement policy for collection %s chaincode %s failed: %s"
              .formatted(collection, target.namespace(), failure.get()));
    }
    checkedCollections.add(collection);
    anythingChecked = true;
    return SATISFIED;
  }

  private Optional<String> checkChaincodePolicy() {
    if (chaincodePolicyChecked) {
      return SATISFIED;
    }
    Optional<String> failure = policies.evaluate(chaincodePolicy, signers);
    if (failure.isPresent()) {
      return Optional.of(
          "validation of endorsement policy for chaincode %s failed: %s"
              .formatted(target.namespace(), failure.get()));
    }
    chaincodePolicyChecked = true;
    anythingChecked = true;
    return SATISFIED;
  }

  private Optional<ByteString> collectionPolicy(String collection) {
    return definitions.collectionPolicy(
        target.namespace(), collection, committed, policies.config());
  }
}
