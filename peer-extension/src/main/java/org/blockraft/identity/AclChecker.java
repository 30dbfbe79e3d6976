package org.blockraft.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a caller may use a resource, by the channel's overrides and else by defaults.
 * Safe for use by many threads.
 *
 * <p>Fabric: core/aclmgmt, core/policy/policy.go.
 */
public final class AclChecker {
  private static final Logger log = LoggerFactory.getLogger(AclChecker.class);

  private final LocalMsp localMsp;
  private final Function<String, ChannelConfig> channels;

  /**
   * @param channels the current configuration of a channel, or null if it is not joined
   */
  public AclChecker(LocalMsp localMsp, Function<String, ChannelConfig> channels) {
    this.localMsp = localMsp;
    this.channels = channels;
  }

  /**
   * Checks the creator of a proposal.
   *
   * @param resource for example {@code peer/Propose}
   * @param channelId may be empty for resources guarded by the local MSP
   * @throws AccessDenied with Fabric's text
   */
  public void check(String resource, String channelId, SignedProposal proposal) {
    String override = overridingPolicy(resource, channelId);
    if (!override.isEmpty()) {
      evaluateOverride(
          channelId,
          override,
          signedData(proposal, "during check policy with policy [%s]".formatted(override)));
      return;
    }
    String local = AclDefaults.localPolicy(resource);
    if (!local.isEmpty()) {
      checkLocalPolicy(local, proposal);
      return;
    }
    String policy = defaultChannelPolicy(resource);
    if (channelId.isEmpty()) {
      checkLocalPolicy(policy, proposal);
      return;
    }
    requireChannel(channelId);
    String during =
        "during check policy on channel [%s] with policy [%s]".formatted(channelId, policy);
    checkChannelPolicy(channelId, policy, signedData(proposal, during));
  }

  /**
   * As {@link #check(String, String, SignedProposal)} for a resource of a channel, when the
   * creator's signature is verified already.
   *
   * @param creator of the channel's own MSPs
   */
  public void checkVerified(String resource, String channelId, Identity creator) {
    List<Identity> creators = List.of(creator);
    String override = overridingPolicy(resource, channelId);
    if (!override.isEmpty()) {
      evaluateOverride(channelId, override, policy -> policy.evaluateIdentities(creators));
      return;
    }
    evaluate(
        channelId, defaultChannelPolicy(resource), policy -> policy.evaluateIdentities(creators));
  }

  /** Checks the creator of an envelope, as deliver requests are. */
  public void check(String resource, String channelId, Envelope envelope) {
    check(resource, channelId, signedData(envelope));
  }

  /** Checks whoever signed the data. */
  public void check(String resource, String channelId, SignedData data) {
    String override = overridingPolicy(resource, channelId);
    if (!override.isEmpty()) {
      evaluateOverride(channelId, override, data);
      return;
    }
    String local = AclDefaults.localPolicy(resource);
    if (!local.isEmpty()) {
      // Signed data other than a proposal cannot use a resource of the peer itself by this way.
      checkChannelPolicy("", local, data);
      return;
    }
    checkChannelPolicy(channelId, defaultChannelPolicy(resource), data);
  }

  /** Checks a resource that belongs to no channel against the local MSP. */
  public void checkLocal(String resource, SignedProposal proposal) {
    checkLocalPolicy(requireLocalResource(resource), proposal);
  }

  /** Checks a resource that belongs to no channel against the local MSP. */
  public void checkLocal(String resource, SignedData data) {
    checkLocalPolicy(requireLocalResource(resource), data);
  }

  /**
   * Checks signed data against a policy of a channel, with no resource between.
   *
   * @param policy an absolute path
   */
  public void checkChannelPolicy(String channelId, String policy, SignedData data) {
    if (channelId.isEmpty()) {
      throw new AccessDenied(
          "Invalid channel ID name during check policy on signed data."
              + " Name must be different from nil.");
    }
    evaluate(channelId, policy, p -> p.evaluateSignedData(List.of(data)));
  }

  private void evaluate(String channelId, String policy, Consumer<Policy> evaluation) {
    ChannelConfig config = requireChannel(channelId);
    try {
      evaluation.accept(config.policies().policyOrReject(policy));
    } catch (IdentityException e) {
      log.warn(
          "Failed evaluating policy on signed data, channel={}, policyName={}: {}",
          channelId,
          policy,
          e.getMessage());
      throw new AccessDenied(
          "Failed evaluating policy on signed data during check policy on channel [%s] with policy [%s]: [%s]"
              .formatted(channelId, policy, e.getMessage()));
    }
  }

  /**
   * Checks signed data against the local MSP.
   *
   * @param policy {@code Admins} or {@code Members}
   */
  public void checkLocalPolicy(String policy, SignedData data) {
    Identity identity;
    try {
      identity = localMsp.msp().deserialize(data.identity());
    } catch (IdentityException e) {
      throw localFailure(
          "failed deserializing signed data identity during channelless check policy", policy, e);
    }
    try {
      identity.satisfies(localPrincipal(policy, "failed"));
    } catch (AccessDenied e) {
      throw e;
    } catch (IdentityException e) {
      throw localFailure(
          "failed verifying that the signed data identity satisfies local MSP principal during"
              + " channelless check policy",
          policy,
          e);
    }
    verify(identity, data);
  }

  private void checkLocalPolicy(String policy, SignedProposal proposal) {
    SignedData data =
        signedData(proposal, "during channelless check policy with policy [%s]".formatted(policy));
    Identity identity;
    try {
      identity = localMsp.msp().deserialize(data.identity());
    } catch (IdentityException e) {
      throw localFailure(
          "Failed deserializing proposal creator during channelless check policy", policy, e);
    }
    try {
      identity.satisfies(localPrincipal(policy, "Failed"));
    } catch (AccessDenied e) {
      throw e;
    } catch (IdentityException e) {
      throw localFailure(
          "Failed verifying that proposal's creator satisfies local MSP principal during"
              + " channelless check policy",
          policy,
          e);
    }
    verify(identity, data);
  }

  private static AccessDenied localFailure(String what, String policy, IdentityException cause) {
    log.warn("{}, policyName={}: {}", what, policy, cause.getMessage());
    return new AccessDenied(
        "%s with policy [%s]: [%s]".formatted(what, policy, cause.getMessage()));
  }

  private static void verify(Identity identity, SignedData data) {
    try {
      identity.verify(data.data(), data.signature());
    } catch (IdentityException e) {
      throw new AccessDenied(e.getMessage());
    }
  }

  private MSPPrincipal localPrincipal(String policy, String failed) {
    String mspId = localMsp.msp().id();
    return switch (policy) {
      case AclDefaults.ADMINS -> SignaturePolicies.rolePrincipal(mspId, MSPRoleType.ADMIN);
      case AclDefaults.MEMBERS -> SignaturePolicies.rolePrincipal(mspId, MSPRoleType.MEMBER);
      default ->
          throw new AccessDenied(
              "%s getting local MSP principal during channelless check policy with policy [%s]: [%s]"
                  .formatted(
                      failed, policy, "MSP Principal role [%s] not recognized".formatted(policy)));
    };
  }

  private String overridingPolicy(String resource, String channelId) {
    if (!AclDefaults.localPolicy(resource).isEmpty()) {
      return "";
    }
    ChannelConfig config = channelId.isEmpty() ? null : channels.apply(channelId);
    return config == null ? "" : config.acls().getOrDefault(resource, "");
  }

  private void evaluateOverride(String channelId, String policy, SignedData data) {
    evaluateOverride(channelId, policy, p -> p.evaluateSignedData(List.of(data)));
  }

  private void evaluateOverride(String channelId, String policy, Consumer<Policy> evaluation) {
    try {
      evaluation.accept(
          requireChannel(channelId)
              .policies()
              .policy(policy)
              .orElseThrow(() -> new AccessDenied("policy %s not found".formatted(policy))));
    } catch (IdentityException e) {
      log.warn("EvaluateSignedData policy check failed, policyName={}: {}", policy, e.getMessage());
      throw new AccessDenied(
          "failed evaluating policy on signed data during check policy [%s]: [%s]"
              .formatted(policy, e.getMessage()));
    }
  }

  private static String defaultChannelPolicy(String resource) {
    String policy = AclDefaults.channelPolicy(resource);
    if (policy.isEmpty()) {
      log.error("Unmapped policy for {}", resource);
      throw new AccessDenied("Unmapped policy for " + resource);
    }
    return policy;
  }

  private static String requireLocalResource(String resource) {
    String policy = AclDefaults.localPolicy(resource);
    if (policy.isEmpty()) {
      throw new AccessDenied("cannot override peer type policy for channeless ACL check");
    }
    return policy;
  }

  private ChannelConfig requireChannel(String channelId) {
    ChannelConfig config = channels.apply(channelId);
    if (config == null) {
      throw new AccessDenied("Failed to get policy manager for channel [%s]".formatted(channelId));
    }
    return config;
  }

  private static SignedData signedData(SignedProposal proposal, String during) {
    Proposal parsed;
    try {
      parsed = Proposal.parseFrom(proposal.getProposalBytes());
    } catch (InvalidProtocolBufferException e) {
      throw malformed("Failing extracting proposal", during, "Proposal");
    }
    Header header;
    try {
      header = Header.parseFrom(parsed.getHeader());
    } catch (InvalidProtocolBufferException e) {
      throw malformed("Failing extracting header", during, "Header");
    }
    try {
      ByteString creator = SignatureHeader.parseFrom(header.getSignatureHeader()).getCreator();
      return new SignedData(proposal.getProposalBytes(), creator, proposal.getSignature());
    } catch (InvalidProtocolBufferException e) {
      throw malformed("Invalid Proposal's SignatureHeader", during, "SignatureHeader");
    }
  }

  private static AccessDenied malformed(String what, String during, String type) {
    return new AccessDenied(
        "%s %s: [error unmarshalling %s: %s]"
            .formatted(what, during, type, ConfigValues.BAD_WIRE_FORMAT));
  }

  private static SignedData signedData(Envelope envelope) {
    Payload payload;
    try {
      payload = Payload.parseFrom(envelope.getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw new AccessDenied(ConfigValues.BAD_WIRE_FORMAT);
    }
    if (!payload.hasHeader()) {
      throw new AccessDenied("Missing Header");
    }
    try {
      ByteString creator =
          SignatureHeader.parseFrom(payload.getHeader().getSignatureHeader()).getCreator();
      return new SignedData(envelope.getPayload(), creator, envelope.getSignature());
    } catch (InvalidProtocolBufferException e) {
      throw new AccessDenied(
          "GetSignatureHeaderFromBytes failed, err " + ConfigValues.BAD_WIRE_FORMAT);
    }
  }
}
