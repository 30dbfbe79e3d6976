package org.blockraft.identity;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hyperledger.fabric.protos.common.CombinedPrincipal;
import org.hyperledger.fabric.protos.common.MSPIdentityAnonymity;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.MSPRole;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.common.OrganizationUnit;

/**
 * Whether an identity is covered by a principal, by the rules of the MSP's version.
 *
 * <p>Fabric: msp/mspimpl.go SatisfiesPrincipal.
 */
final class PrincipalRules {
  /** What stands for the decoder's own words in Fabric's texts. */
  private static final String UNREADABLE = "proto: cannot parse invalid wire-format data";

  private PrincipalRules() {}

  static void satisfies(X509Msp msp, Identity identity, MSPPrincipal principal) {
    List<MSPPrincipal> all = new ArrayList<>();
    collect(msp.version(), principal, all);
    for (MSPPrincipal one : all) {
      satisfiesOne(msp, identity, one);
    }
  }

  private static void collect(MspVersion version, MSPPrincipal principal, List<MSPPrincipal> into) {
    if (principal.getPrincipalClassification() != MSPPrincipal.Classification.COMBINED) {
      into.add(principal);
      return;
    }
    if (!version.atLeast(MspVersion.V1_3)) {
      throw invalidType(principal);
    }
    CombinedPrincipal combined;
    try {
      combined = CombinedPrincipal.parseFrom(principal.getPrincipal());
    } catch (InvalidProtocolBufferException e) {
      throw unreadable("CombinedPrincipal");
    }
    if (combined.getPrincipalsCount() == 0) {
      throw new IdentityException("No principals in CombinedPrincipal");
    }
    for (MSPPrincipal part : combined.getPrincipalsList()) {
      collect(version, part, into);
    }
  }

  private static void satisfiesOne(X509Msp msp, Identity identity, MSPPrincipal principal) {
    switch (principal.getPrincipalClassification()) {
      case ROLE -> satisfiesRole(msp, identity, principal);
      case IDENTITY -> satisfiesIdentity(msp, identity, principal);
      case ORGANIZATION_UNIT -> satisfiesUnit(msp, identity, principal);
      case ANONYMITY -> {
        if (!msp.version().atLeast(MspVersion.V1_3)) {
          throw invalidType(principal);
        }
        satisfiesAnonymity(principal);
      }
      default -> throw invalidType(principal);
    }
  }

  private static void satisfiesRole(X509Msp msp, Identity identity, MSPPrincipal principal) {
    MSPRole role;
    try {
      role = MSPRole.parseFrom(principal.getPrincipal());
    } catch (InvalidProtocolBufferException e) {
      throw unreadable("MSPRole");
    }
    requireSameMsp(msp, identity, role.getMspIdentifier());
    boolean byUnits = msp.version().atLeast(MspVersion.V1_4_3) && msp.nodeOus().enforced();
    switch (role.getRole()) {
      case MEMBER -> identity.validate();
      case ADMIN -> {
        if (msp.isAdmin(identity)) {
          return;
        }
        if (!byUnits) {
          throw new IdentityException("This identity is not an admin");
        }
        requireValidRole(msp, identity, MSPRoleType.ADMIN, "an admin");
      }
      case CLIENT, PEER -> requireValidRole(msp, identity, role.getRole(), null);
      case ORDERER -> {
        if (!byUnits) {
          throw invalidRole(role);
        }
        requireValidRole(msp, identity, role.getRole(), null);
      }
      default -> throw invalidRole(role);
    }
  }

  private static void requireValidRole(
      X509Msp msp, Identity identity, MSPRoleType role, String name) {
    try {
      identity.validate();
    } catch (IdentityException e) {
      throw IdentityException.wrap(
          e, "The identity is not valid under this MSP [" + msp.id() + "]");
    }
    try {
      IdentityRules.requireRole(msp, identity, role);
    } catch (IdentityException e) {
      String shown = name == null ? "a [" + role + "]" : name;
      throw IdentityException.wrap(
          e, "The identity is not " + shown + " under this MSP [" + msp.id() + "]");
    }
  }

  private static void satisfiesIdentity(X509Msp msp, Identity identity, MSPPrincipal principal) {
    Identity named;
    try {
      named = msp.deserialize(principal.getPrincipal());
    } catch (IdentityException e) {
      throw IdentityException.wrap(e, "invalid identity principal, not a certificate");
    }
    boolean same =
        Arrays.equals(named.parsedCertificate().der(), identity.parsedCertificate().der());
    if (!same) {
      throw new IdentityException("The identities do not match");
    }
    named.validate();
  }

  private static void satisfiesUnit(X509Msp msp, Identity identity, MSPPrincipal principal) {
    OrganizationUnit unit;
    try {
      unit = OrganizationUnit.parseFrom(principal.getPrincipal());
    } catch (InvalidProtocolBufferException e) {
      throw unreadable("OrganizationUnit");
    }
    requireSameMsp(msp, identity, unit.getMspIdentifier());
    identity.validate();
    byte[] certifiers = unit.getCertifiersIdentifier().toByteArray();
    for (OuIdentifier held : identity.certifiedUnits()) {
      if (held.name().equals(unit.getOrganizationalUnitIdentifier())
          && held.isCertifiedBy(certifiers)) {
        return;
      }
    }
    throw new IdentityException("The identities do not match");
  }

  private static void satisfiesAnonymity(MSPPrincipal principal) {
    MSPIdentityAnonymity anonymity;
    try {
      anonymity = MSPIdentityAnonymity.parseFrom(principal.getPrincipal());
    } catch (InvalidProtocolBufferException e) {
      throw unreadable("MSPIdentityAnonymity");
    }
    switch (anonymity.getAnonymityType()) {
      case NOMINAL -> {}
      case ANONYMOUS ->
          throw new IdentityException(
              "Principal is anonymous, but X.509 MSP does not support anonymous identities");
      default ->
          throw new IdentityException(
              "Unknown principal anonymity type: " + anonymity.getAnonymityTypeValue());
    }
  }

  private static void requireSameMsp(X509Msp msp, Identity identity, String named) {
    if (!named.equals(msp.id())) {
      throw new IdentityException(
          "the identity is a member of a different MSP (expected %s, got %s)"
              .formatted(named, identity.mspId()));
    }
  }

  private static IdentityException invalidType(MSPPrincipal principal) {
    return new IdentityException(
        "invalid principal type " + principal.getPrincipalClassificationValue());
  }

  private static IdentityException invalidRole(MSPRole role) {
    return new IdentityException("invalid MSP role type " + role.getRoleValue());
  }

  private static IdentityException unreadable(String type) {
    return new IdentityException("could not unmarshal " + type + " from principal: " + UNREADABLE);
  }
}
