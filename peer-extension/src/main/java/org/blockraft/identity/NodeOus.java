package org.blockraft.identity;

import java.util.function.Function;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.msp.FabricNodeOUs;
import org.hyperledger.fabric.protos.msp.FabricOUIdentifier;

/**
 * The organizational units that tell clients, peers, admins and orderers apart; a missing one is
 * null.
 *
 * @param enforced whether every identity must have exactly one of them
 */
record NodeOus(
    boolean enforced,
    OuIdentifier client,
    OuIdentifier peer,
    OuIdentifier admin,
    OuIdentifier orderer) {
  static final NodeOus NONE = new NodeOus(false, null, null, null, null);

  /**
   * From version 1.4.3 on: any of the four may be missing, and none at all means no enforcement.
   */
  static NodeOus of(FabricNodeOUs config, Function<FabricOUIdentifier, OuIdentifier> resolve) {
    OuIdentifier client =
        config.hasClientOuIdentifier() ? resolve.apply(config.getClientOuIdentifier()) : null;
    OuIdentifier peer =
        config.hasPeerOuIdentifier() ? resolve.apply(config.getPeerOuIdentifier()) : null;
    OuIdentifier admin =
        config.hasAdminOuIdentifier() ? resolve.apply(config.getAdminOuIdentifier()) : null;
    OuIdentifier orderer =
        config.hasOrdererOuIdentifier() ? resolve.apply(config.getOrdererOuIdentifier()) : null;
    boolean some = client != null || peer != null || admin != null || orderer != null;
    return new NodeOus(config.getEnable() && some, client, peer, admin, orderer);
  }

  /** Before version 1.4.3: clients and peers only, both required. */
  static NodeOus ofClientAndPeer(
      FabricNodeOUs config, Function<FabricOUIdentifier, OuIdentifier> resolve) {
    if (config.getClientOuIdentifier().getOrganizationalUnitIdentifier().isEmpty()) {
      throw new IdentityException(
          "Failed setting up NodeOUs. ClientOU must be different from nil.");
    }
    if (config.getPeerOuIdentifier().getOrganizationalUnitIdentifier().isEmpty()) {
      throw new IdentityException("Failed setting up NodeOUs. PeerOU must be different from nil.");
    }
    return new NodeOus(
        config.getEnable(),
        resolve.apply(config.getClientOuIdentifier()),
        resolve.apply(config.getPeerOuIdentifier()),
        null,
        null);
  }

  /** The unit of a role, or null. */
  OuIdentifier of(MSPRoleType role) {
    return switch (role) {
      case CLIENT -> client;
      case PEER -> peer;
      case ADMIN -> admin;
      case ORDERER -> orderer;
      default ->
          throw new IdentityException(
              "Invalid MSPRoleType. It must be CLIENT, PEER, ADMIN or ORDERER");
    };
  }

  /** The unit of that name, or null; of two roles with the same unit the later one counts. */
  OuIdentifier named(String name) {
    OuIdentifier found = null;
    for (OuIdentifier unit : new OuIdentifier[] {client, peer, admin, orderer}) {
      if (unit != null && unit.name().equals(name)) {
        found = unit;
      }
    }
    return found;
  }
}
