package org.blockraft.identity;

import java.util.List;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;

/**
 * Whether an identity is a valid member of its MSP, by the rules of the MSP's version.
 *
 * <p>Fabric: msp/mspimplvalidate.go, msp/mspimpl.go hasOURole.
 */
final class IdentityRules {
  private IdentityRules() {}

  static void validate(X509Msp msp, Identity identity) {
    Certificate certificate = identity.parsedCertificate();
    if (!msp.accepts(certificate.key().kind())) {
      throw new IdentityException(
          "could not validate identity's public key algorithm: %s is not supported"
              .formatted(certificate.key().kind().text));
    }
    List<Certificate> chain;
    try {
      chain = msp.chain(certificate);
    } catch (IdentityException e) {
      throw IdentityException.wrap(e, "could not obtain certification chain");
    }
    try {
      CertificateAuthorities.checkRevocation(certificate, chain, msp.revocations());
    } catch (IdentityException e) {
      throw IdentityException.wrap(e, "could not validate identity against certification chain");
    }
    try {
      validateUnits(msp, identity);
    } catch (IdentityException e) {
      throw IdentityException.wrap(e, "could not validate identity's OUs");
    }
  }

  private static void validateUnits(X509Msp msp, Identity identity) {
    requireConfiguredUnit(msp, identity);
    if (msp.version().atLeast(MspVersion.V1_1) && msp.nodeOus().enforced()) {
      requireOneNodeUnit(msp, identity);
    }
  }

  /** If the MSP lists units, the identity must have one of them. */
  private static void requireConfiguredUnit(X509Msp msp, Identity identity) {
    if (msp.configuredUnits().isEmpty()) {
      return;
    }
    List<OuIdentifier> held = identity.certifiedUnits();
    for (OuIdentifier unit : held) {
      for (OuIdentifier configured : msp.configuredUnits()) {
        if (configured.name().equals(unit.name())
            && configured.isCertifiedBy(unit.certifiersId())) {
          return;
        }
      }
    }
    if (held.isEmpty()) {
      throw new IdentityException(
          "the identity certificate does not contain an Organizational Unit (OU)");
    }
    throw new IdentityException(
        "none of the identity's organizational units %s are in MSP %s"
            .formatted(text(held), msp.id()));
  }

  /** Exactly one of the units that stand for a role. */
  private static void requireOneNodeUnit(X509Msp msp, Identity identity) {
    List<OuIdentifier> held = identity.certifiedUnits();
    int roles = 0;
    for (OuIdentifier unit : held) {
      OuIdentifier node = msp.nodeOus().named(unit.name());
      if (node != null) {
        if (!node.admits(unit)) {
          throw new IdentityException(
              "certifiersIdentifier does not match: %s, MSP: [%s]".formatted(text(held), msp.id()));
        }
        roles++;
        if (roles > 1) {
          break;
        }
      }
    }
    boolean fourRoles = msp.version().atLeast(MspVersion.V1_4_3);
    if (roles == 0) {
      throw new IdentityException(
          "the identity does not have an OU that resolves to %s. OUs: %s, MSP: [%s]"
              .formatted(
                  fourRoles ? "client, peer, orderer, or admin role" : "client or peer",
                  text(held),
                  msp.id()));
    }
    if (roles > 1) {
      throw new IdentityException(
          "the identity must %s to be valid, not a combination of them. OUs: %s, MSP: [%s]"
              .formatted(
                  fourRoles
                      ? "have a client, a peer, an orderer, or an admin OU role"
                      : "be a client or a peer identity",
                  text(held),
                  msp.id()));
    }
  }

  /** Requires the unit of a role, whatever authorities vouch for it. */
  static void requireRole(X509Msp msp, Identity identity, MSPRoleType role) {
    if (!msp.nodeOus().enforced()) {
      throw new IdentityException("NodeOUs not activated. Cannot tell apart identities.");
    }
    OuIdentifier node = msp.nodeOus().of(role);
    if (node == null) {
      throw new IdentityException(
          "cannot test for classification, node ou for type [%s], not defined, msp: [%s]"
              .formatted(role, msp.id()));
    }
    for (OuIdentifier unit : identity.certifiedUnits()) {
      if (unit.name().equals(node.name())) {
        return;
      }
    }
    throw new IdentityException(
        "The identity does not contain OU [%s], MSP: [%s]".formatted(role, msp.id()));
  }

  private static String text(List<OuIdentifier> units) {
    StringBuilder text = new StringBuilder("[");
    for (OuIdentifier unit : units) {
      text.append(text.length() == 1 ? "" : " ").append(unit);
    }
    return text.append(']').toString();
  }
}
