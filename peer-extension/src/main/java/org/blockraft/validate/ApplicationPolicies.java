package org.blockraft.validate;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.Identity;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.Policy;
import org.blockraft.identity.SignaturePolicies;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.hyperledger.fabric.protos.peer.ApplicationPolicy;

/**
 * Evaluates chaincode, collection and key policies under one channel configuration. Policies are
 * compiled once, and since a decision is a function of policy and signers alone, decisions are
 * remembered too: most transactions of a channel have the same few combinations. Owned by one
 * thread.
 *
 * <p>Fabric: core/policy/application.go.
 */
final class ApplicationPolicies {

  /** More distinct policies than channels use; beyond it the cache starts over. */
  private static final int COMPILED_MAX = 10_000;

  /** Combinations of policy and signers; beyond it the cache starts over. */
  private static final int DECISIONS_MAX = 10_000;

  /** Nesting of policies that is parsed. */
  private static final int NESTING_MAX = 1_000;

  private static final Optional<String> SATISFIED = Optional.empty();

  private final ChannelConfig config;
  private final Map<ByteString, Compiled> compiled = new HashMap<>();
  private final Map<ByteString, Compiled> compiledKeyPolicies = new HashMap<>();
  private final Map<Decision, Optional<String>> decisions = new HashMap<>();

  /** A policy, or why there is none. */
  private record Compiled(Policy policy, String failure) {}

  private record Decision(Compiled compiled, List<Identity> signers) {}

  ApplicationPolicies(ChannelConfig config) {
    this.config = config;
  }

  ChannelConfig config() {
    return config;
  }

  /**
   * Evaluates a chaincode's or a collection's policy, a serialized {@code ApplicationPolicy}. On a
   * channel below capability V2_0 it is a bare {@code SignaturePolicyEnvelope}.
   *
   * @param signers whose signatures are verified, in order
   * @return why the policy is not satisfied; absent if it is
   */
  Optional<String> evaluate(ByteString applicationPolicy, List<Identity> signers) {
    Compiled policy = compiled.get(applicationPolicy);
    if (policy == null) {
      policy =
          remember(
              compiled,
              applicationPolicy,
              config.application().v20Validation()
                  ? compile(applicationPolicy)
                  : compileEnvelope(applicationPolicy));
    }
    return decide(policy, signers);
  }

  /**
   * Evaluates a key's own policy, a serialized {@code SignaturePolicyEnvelope}.
   *
   * @return why the policy is not satisfied; absent if it is
   * @throws ValidationException if the bytes are no such envelope, which halts stock peers too; on
   *     a channel below capability V2_0 such a policy just is not satisfied
   */
  Optional<String> evaluateKeyPolicy(ByteString envelope, List<Identity> signers) {
    if (!config.application().v20Validation()) {
      return evaluate(envelope, signers);
    }
    Compiled policy = compiledKeyPolicies.get(envelope);
    if (policy == null) {
      SignaturePolicyEnvelope parsed;
      try {
        parsed = SignaturePolicyEnvelope.parseFrom(input(envelope));
      } catch (IOException e) {
        throw new ValidationException("could not unmarshal signature policy envelope", e);
      }
      policy = remember(compiledKeyPolicies, envelope, compile(parsed));
    }
    return decide(policy, signers);
  }

  private static CodedInputStream input(ByteString bytes) {
    CodedInputStream input = bytes.newCodedInput();
    input.setRecursionLimit(NESTING_MAX);
    return input;
  }

  private static Compiled remember(
      Map<ByteString, Compiled> cache, ByteString key, Compiled compiled) {
    if (cache.size() >= COMPILED_MAX) {
      cache.clear();
    }
    cache.put(key, compiled);
    return compiled;
  }

  private Compiled compile(ByteString applicationPolicy) {
    ApplicationPolicy parsed;
    try {
      parsed = ApplicationPolicy.parseFrom(input(applicationPolicy));
    } catch (IOException e) {
      return new Compiled(null, "failed to unmarshal ApplicationPolicy bytes");
    }
    return switch (parsed.getTypeCase()) {
      case SIGNATURE_POLICY -> compile(parsed.getSignaturePolicy());
      case CHANNEL_CONFIG_POLICY_REFERENCE -> reference(parsed.getChannelConfigPolicyReference());
      case TYPE_NOT_SET -> new Compiled(null, "unsupported policy type <nil>");
    };
  }

  /** Unlike within an {@code ApplicationPolicy}, the version of a bare envelope matters. */
  private Compiled compileEnvelope(ByteString envelope) {
    SignaturePolicyEnvelope parsed;
    try {
      parsed = SignaturePolicyEnvelope.parseFrom(input(envelope));
    } catch (IOException e) {
      return new Compiled(null, "Error unmarshalling to SignaturePolicy: " + e.getMessage());
    }
    if (parsed.getVersion() != 0) {
      return new Compiled(
          null,
          "This evaluator only understands messages of version 0, but version was "
              + parsed.getVersion());
    }
    return compile(parsed);
  }

  private Compiled compile(SignaturePolicyEnvelope envelope) {
    try {
      return new Compiled(SignaturePolicies.compile(envelope, config.msps()), null);
    } catch (IdentityException e) {
      return new Compiled(
          null, "could not create evaluator for signature policy: " + e.getMessage());
    }
  }

  private Compiled reference(String path) {
    return config
        .policies()
        .policy(path)
        .map(policy -> new Compiled(policy, null))
        .orElseGet(
            () ->
                new Compiled(
                    null,
                    "could not create evaluator for channel reference policy:"
                        + " failed to retrieve policy for reference "
                        + path));
  }

  private Optional<String> decide(Compiled policy, List<Identity> signers) {
    if (policy.failure() != null) {
      return Optional.of(policy.failure());
    }
    Decision decision = new Decision(policy, signers);
    Optional<String> known = decisions.get(decision);
    if (known != null) {
      return known;
    }
    Optional<String> outcome = SATISFIED;
    try {
      policy.policy().evaluateIdentities(signers);
    } catch (IdentityException e) {
      outcome = Optional.of(String.valueOf(e.getMessage()));
    }
    if (decisions.size() >= DECISIONS_MAX) {
      decisions.clear();
    }
    decisions.put(decision, outcome);
    return outcome;
  }
}
