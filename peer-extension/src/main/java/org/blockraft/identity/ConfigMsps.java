package org.blockraft.identity;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hyperledger.fabric.protos.msp.MSPConfig;

/**
 * Collects the MSPs of a channel while its groups are parsed. An organization may stand in several
 * groups, with the very same MSP.
 *
 * <p>Fabric: common/channelconfig/msp.go.
 */
final class ConfigMsps {
  private static final int TYPE_FABRIC = 0;
  private static final int TYPE_IDEMIX = 1;

  private record Pending(MSPConfig config, Msp msp) {}

  private final MspVersion version;
  private final Map<String, Pending> pending = new LinkedHashMap<>();

  ConfigMsps(MspVersion version) {
    this.version = version;
  }

  Msp propose(MSPConfig config) {
    Msp msp = setUp(config);
    Pending existing = pending.putIfAbsent(msp.id(), new Pending(config, msp));
    if (existing == null) {
      return msp;
    }
    if (!existing.config.equals(config)) {
      throw new ConfigException("Attempted to define two different versions of MSP: " + msp.id());
    }
    return existing.msp;
  }

  private Msp setUp(MSPConfig config) {
    for (Pending known : pending.values()) {
      if (known.config.equals(config)) {
        return known.msp;
      }
    }
    if (config.getType() != TYPE_FABRIC && config.getType() != TYPE_IDEMIX) {
      throw new ConfigException("Setup error: unsupported msp type " + config.getType());
    }
    try {
      return Msp.of(config, version);
    } catch (IdentityException e) {
      throw ConfigException.wrap(e, "setting up the MSP manager failed");
    }
  }

  MspManager manager() {
    return MspManager.of(pending.values().stream().map(Pending::msp).toList());
  }
}
