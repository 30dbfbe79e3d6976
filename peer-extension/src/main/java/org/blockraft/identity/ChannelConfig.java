package org.blockraft.identity;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.Config;

/**
 * One version of a channel's configuration, parsed and checked: who belongs to the channel, what
 * they may do, where the orderers are. Immutable; a configuration transaction brings a new one.
 *
 * <p>Fabric: common/channelconfig/bundle.go.
 */
public final class ChannelConfig {
  private ChannelConfig() {}

  /**
   * Parses the configuration in a genesis or configuration block.
   *
   * @throws ConfigException with Fabric's text
   */
  public static ChannelConfig fromBlock(Block block) {
    throw new IllegalStateException("being written");
  }

  /**
   * Parses a configuration.
   *
   * @throws ConfigException with Fabric's text
   */
  public static ChannelConfig of(String channelId, Config config) {
    throw new IllegalStateException("being written");
  }

  public String channelId() {
    throw new IllegalStateException("being written");
  }

  /** The number of updates since the genesis block. */
  public long sequence() {
    throw new IllegalStateException("being written");
  }

  public Config config() {
    throw new IllegalStateException("being written");
  }

  public MspManager msps() {
    throw new IllegalStateException("being written");
  }

  public PolicyManager policies() {
    throw new IllegalStateException("being written");
  }

  /** The capabilities of the Application group; none if there is no such group. */
  public ApplicationCapabilities application() {
    throw new IllegalStateException("being written");
  }

  public ChannelCapabilities channel() {
    throw new IllegalStateException("being written");
  }

  /** Whether there is an Application group at all. */
  public boolean hasApplication() {
    throw new IllegalStateException("being written");
  }

  /** The organizations of the Application group by group key. */
  public Map<String, ApplicationOrg> applicationOrgs() {
    throw new IllegalStateException("being written");
  }

  /** The MSP ids of the organizations of the Application group. */
  public Set<String> applicationMspIds() {
    throw new IllegalStateException("being written");
  }

  public Optional<OrdererSection> orderer() {
    throw new IllegalStateException("being written");
  }

  /** Global orderer addresses, "host:port"; used only if no orderer organization has endpoints. */
  public List<String> ordererAddresses() {
    throw new IllegalStateException("being written");
  }

  /** Absolute policy path by resource, for the resources that the configuration overrides. */
  public Map<String, String> acls() {
    throw new IllegalStateException("being written");
  }

  /** The policy that the signatures of a block must satisfy. */
  public Policy blockValidation() {
    throw new IllegalStateException("being written");
  }

  /**
   * Checks that this peer has every required capability.
   *
   * @throws ConfigIncompatibleException if not: the channel must stop
   */
  public void requireCompatible() {
    throw new IllegalStateException("being written");
  }
}
