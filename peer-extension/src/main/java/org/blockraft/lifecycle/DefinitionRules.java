package org.blockraft.lifecycle;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.MspManager;
import org.blockraft.identity.SignaturePolicies;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.MSPRole;
import org.hyperledger.fabric.protos.common.OrganizationUnit;
import org.hyperledger.fabric.protos.common.SignaturePolicy;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;

/**
 * What a proposed definition must look like before anyone approves or commits it.
 *
 * <p>Fabric source: core/chaincode/lifecycle/scc.go validateInput. Stateless.
 */
final class DefinitionRules {
  private static final Pattern NAME_CHARACTERS = Pattern.compile("[a-zA-Z0-9_-]+");
  private static final Pattern SEPARATORS_MISPLACED = Pattern.compile("^[-_]|[-_][-_]|[-_]$");
  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9_.+-]+");
  private static final Pattern COLLECTION = Pattern.compile("[A-Za-z0-9-][A-Za-z0-9_-]*");
  private static final Set<String> RESERVED = Set.of("cscc", "escc", "lscc", "qscc", "vscc");

  private DefinitionRules() {}

  static void requireName(String name) {
    if (!NAME_CHARACTERS.matcher(name).matches() || SEPARATORS_MISPLACED.matcher(name).find()) {
      throw new LifecycleException(
          "invalid chaincode name '%s'. Names can only consist of alphanumerics, '_', and '-' and can only begin with alphanumerics"
              .formatted(name));
    }
    if (RESERVED.contains(name)) {
      throw new LifecycleException(
          "chaincode name '" + name + "' is the name of a system chaincode");
    }
  }

  static void requireVersion(String version) {
    if (!VERSION.matcher(version).matches()) {
      throw new LifecycleException(
          "invalid chaincode version '%s'. Versions can only consist of alphanumerics, '_', '-', '+', and '.'"
              .formatted(version));
    }
  }

  static void requireStatic(CollectionConfigPackage collections) {
    for (CollectionConfig config : collections.getConfigList()) {
      if (!config.hasStaticCollectionConfig()) {
        throw new LifecycleException("collection config contains unexpected payload type: <nil>");
      }
    }
  }

  static void requireCollections(CollectionConfigPackage collections, MspManager msps) {
    Set<String> names = new HashSet<>();
    for (CollectionConfig config : collections.getConfigList()) {
      StaticCollectionConfig collection = config.getStaticCollectionConfig();
      String name = collection.getName();
      if (!COLLECTION.matcher(name).matches()) {
        throw new LifecycleException(
            "invalid collection name '%s'. Names can only consist of alphanumerics, '_', and '-' and cannot begin with '_'"
                .formatted(name));
      }
      if (!names.add(name)) {
        throw new LifecycleException(
            "collection-name: " + name + " -- found duplicate in collection configuration");
      }
      if (collection.getMaximumPeerCount() < collection.getRequiredPeerCount()) {
        throw new LifecycleException(
            "collection-name: %s -- maximum peer count (%d) cannot be less than the required peer count (%d)"
                .formatted(
                    name, collection.getMaximumPeerCount(), collection.getRequiredPeerCount()));
      }
      if (collection.getRequiredPeerCount() < 0) {
        throw new LifecycleException(
            "collection-name: %s -- requiredPeerCount (%d) cannot be less than zero"
                .formatted(name, collection.getRequiredPeerCount()));
      }
      requireMembers(collection, msps);
    }
  }

  private static void requireMembers(StaticCollectionConfig collection, MspManager msps) {
    String name = collection.getName();
    if (!collection.hasMemberOrgsPolicy()) {
      throw new LifecycleException(
          "collection member policy is not set for collection '" + name + "'");
    }
    if (!collection.getMemberOrgsPolicy().hasSignaturePolicy()) {
      throw new LifecycleException(
          "collection member org policy is empty for collection '" + name + "'");
    }
    var policy = collection.getMemberOrgsPolicy().getSignaturePolicy();
    try {
      SignaturePolicies.compile(policy, msps);
    } catch (IdentityException e) {
      throw LifecycleException.wrap(e, "invalid member org policy for collection '" + name + "'");
    }
    try {
      requireOrOnly(policy.getRule());
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(
          e, "collection-name: " + name + " -- error in member org policy");
    }
    for (MSPPrincipal principal : policy.getIdentitiesList()) {
      requireOnChannel(name, principal, msps);
    }
  }

  /** A member policy that asks for several signatures could never admit a single peer. */
  private static void requireOrOnly(SignaturePolicy rule) {
    if (!rule.hasNOutOf()) {
      return;
    }
    if (rule.getNOutOf().getN() != 1) {
      throw new LifecycleException(
          "signature policy is not an OR concatenation, NOutOf " + rule.getNOutOf().getN());
    }
    rule.getNOutOf().getRulesList().forEach(DefinitionRules::requireOrOnly);
  }

  private static void requireOnChannel(String collection, MSPPrincipal principal, MspManager msps) {
    switch (principal.getPrincipalClassification()) {
      case ROLE -> requireOrg(collection, role(collection, principal).getMspIdentifier(), msps);
      case ORGANIZATION_UNIT ->
          requireOrg(collection, unit(collection, principal).getMspIdentifier(), msps);
      case IDENTITY -> {
        try {
          msps.deserialize(principal.getPrincipal());
        } catch (IdentityException e) {
          throw new LifecycleException(
              "collection-name: "
                  + collection
                  + " -- contains an identity that is not part of the channel",
              e);
        }
      }
      default ->
          throw new LifecycleException(
              "collection-name: %s -- principal type %s is not supported"
                  .formatted(collection, principal.getPrincipalClassification()));
    }
  }

  private static MSPRole role(String collection, MSPPrincipal principal) {
    try {
      return MSPRole.parseFrom(principal.getPrincipal());
    } catch (InvalidProtocolBufferException e) {
      throw unreadable(collection, "MSPRole", e);
    }
  }

  private static OrganizationUnit unit(String collection, MSPPrincipal principal) {
    try {
      return OrganizationUnit.parseFrom(principal.getPrincipal());
    } catch (InvalidProtocolBufferException e) {
      throw unreadable(collection, "OrganizationUnit", e);
    }
  }

  private static LifecycleException unreadable(
      String collection, String type, InvalidProtocolBufferException cause) {
    return new LifecycleException(
        "collection-name: %s -- cannot unmarshal identity bytes into %s: proto: cannot parse invalid wire-format data"
            .formatted(collection, type),
        cause);
  }

  private static void requireOrg(String collection, String mspId, MspManager msps) {
    if (!msps.msps().containsKey(mspId)) {
      throw new LifecycleException(
          "collection-name: %s -- collection member '%s' is not part of the channel"
              .formatted(collection, mspId));
    }
  }

  /** Data of a collection outlives redefinitions, so neither it nor its lifetime may change. */
  static void requireKept(List<CollectionConfig> proposed, CollectionConfigPackage committed) {
    if (committed.getConfigCount() == 0) {
      return;
    }
    if (proposed.isEmpty()) {
      throw new LifecycleException(
          "the proposed collection config does not contain previously defined collections");
    }
    Map<String, StaticCollectionConfig> byName = new HashMap<>();
    for (CollectionConfig config : proposed) {
      byName.put(config.getStaticCollectionConfig().getName(), config.getStaticCollectionConfig());
    }
    for (CollectionConfig config : committed.getConfigList()) {
      if (!config.hasStaticCollectionConfig()) {
        throw new LifecycleException("unknown collection configuration type");
      }
      StaticCollectionConfig existing = config.getStaticCollectionConfig();
      StaticCollectionConfig kept = byName.get(existing.getName());
      if (kept == null) {
        throw new LifecycleException(
            "existing collection [%s] missing in the proposed collection configuration"
                .formatted(existing.getName()));
      }
      if (kept.getBlockToLive() != existing.getBlockToLive()) {
        throw new LifecycleException(
            "the BlockToLive in an existing collection [%s] modified. Existing value [%s]"
                .formatted(existing.getName(), Long.toUnsignedString(existing.getBlockToLive())));
      }
    }
  }
}
