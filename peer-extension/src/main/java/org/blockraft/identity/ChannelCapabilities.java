package org.blockraft.identity;

import java.util.Set;

/**
 * The capabilities that the Channel group requires, and what follows from them.
 *
 * <p>Fabric: common/capabilities/channel.go.
 *
 * @param names the required capabilities, for example {@code V2_0}
 */
public record ChannelCapabilities(Set<String> names) {
  private static final Set<String> KNOWN =
      Set.of("V1_1", "V1_3", "V1_4_2", "V1_4_3", "V2_0", "V3_0");

  public ChannelCapabilities {
    names = Set.copyOf(names);
  }

  /**
   * Checks that this peer has them all.
   *
   * @throws ConfigException with the name of one that it does not have
   */
  public void requireSupported() {
    ApplicationCapabilities.requireKnown("Channel", names, KNOWN);
  }

  /** The rules that the MSPs of the channel follow. */
  public MspVersion mspVersion() {
    if (has("V3_0")) {
      return MspVersion.V3_0;
    }
    if (has("V1_4_3") || has("V2_0")) {
      return MspVersion.V1_4_3;
    }
    if (has("V1_3") || has("V1_4_2")) {
      return MspVersion.V1_3;
    }
    return has("V1_1") ? MspVersion.V1_1 : MspVersion.V1_0;
  }

  /** Whether an update may change the consensus type. */
  public boolean consensusTypeMigration() {
    return has("V1_4_2") || has("V1_4_3") || has("V2_0") || has("V3_0");
  }

  /** Whether each orderer organization names its own endpoints. */
  public boolean orgSpecificOrdererEndpoints() {
    return consensusTypeMigration();
  }

  /** Whether block signatures may name their signer by consenter number. */
  public boolean consensusTypeBft() {
    return has("V3_0");
  }

  private boolean has(String capability) {
    return names.contains(capability);
  }
}
