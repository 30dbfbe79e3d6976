package org.blockraft.identity;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Payload;

/**
 * One version of a channel's configuration, parsed and checked: who belongs to the channel, what
 * they may do, where the orderers are. Immutable; a configuration transaction brings a new one.
 *
 * <p>Fabric: common/channelconfig/bundle.go.
 */
public final class ChannelConfig {
  private static final String BLOCK_VALIDATION = "/Channel/Orderer/BlockValidation";
  private static final ApplicationCapabilities NO_APPLICATION =
      new ApplicationCapabilities(Set.of());

  private final String channelId;
  private final Config config;
  private final ConfigGroups groups;
  private final PolicyManager policies;
  private final ConfigElements elements;

  private ChannelConfig(
      String channelId,
      Config config,
      ConfigGroups groups,
      PolicyManager policies,
      ConfigElements elements) {
    this.channelId = channelId;
    this.config = config;
    this.groups = groups;
    this.policies = policies;
    this.elements = elements;
  }

  /**
   * Parses the configuration in a genesis or configuration block.
   *
   * @throws ConfigException with Fabric's text
   */
  public static ChannelConfig fromBlock(Block block) {
    if (!block.hasData()) {
      throw new ConfigException("block data is nil");
    }
    if (block.getData().getDataCount() == 0) {
      throw new ConfigException("envelope index out of bounds");
    }
    Payload payload;
    try {
      payload = Payload.parseFrom(Envelope.parseFrom(block.getData().getData(0)).getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw new ConfigException(
          "failed to unmarshal payload from envelope: " + ConfigValues.BAD_WIRE_FORMAT);
    }
    ConfigEnvelope envelope;
    try {
      envelope = ConfigEnvelope.parseFrom(payload.getData());
    } catch (InvalidProtocolBufferException e) {
      throw new ConfigException(
          "failed to unmarshal config envelope from payload: " + ConfigValues.BAD_WIRE_FORMAT);
    }
    if (!payload.hasHeader()) {
      throw new ConfigException("envelope header cannot be nil");
    }
    String channelId;
    try {
      channelId = ChannelHeader.parseFrom(payload.getHeader().getChannelHeader()).getChannelId();
    } catch (InvalidProtocolBufferException e) {
      throw new ConfigException(
          "failed to unmarshal channel header: " + ConfigValues.BAD_WIRE_FORMAT);
    }
    if (!envelope.hasConfig()) {
      throw new ConfigException("channelconfig Config cannot be nil");
    }
    return of(channelId, envelope.getConfig());
  }

  /**
   * Parses a configuration.
   *
   * @throws ConfigException with Fabric's text
   */
  public static ChannelConfig of(String channelId, Config config) {
    checkCapabilityOrder(config);
    ConfigGroup root = config.getChannelGroup();
    ConfigGroups groups;
    try {
      groups = new ConfigGroups(root);
    } catch (IdentityException e) {
      throw ConfigException.wrap(e, "initializing channelconfig failed");
    }
    PolicyManager policies;
    try {
      policies = PolicyManager.of(ConfigNames.CHANNEL, root, groups.msps);
    } catch (IdentityException e) {
      throw ConfigException.wrap(e, "initializing policymanager failed");
    }
    try {
      ConfigNames.checkChannelId(channelId);
    } catch (ConfigException e) {
      throw ConfigException.wrap(e, "initializing configtx manager failed: bad channel ID");
    }
    ConfigElements elements;
    try {
      elements = ConfigElements.of(root);
    } catch (ConfigException e) {
      throw ConfigException.wrap(
          e, "initializing configtx manager failed: error converting config to map");
    }
    return new ChannelConfig(channelId, config, groups, policies, elements);
  }

  private static void checkCapabilityOrder(Config config) {
    if (!config.hasChannelGroup()) {
      throw new ConfigException("config must contain a channel group");
    }
    ConfigGroup root = config.getChannelGroup();
    ConfigGroup orderer = root.getGroupsMap().get(ConfigNames.ORDERER);
    if (orderer == null || orderer.containsValues(ConfigNames.CAPABILITIES)) {
      return;
    }
    if (root.containsValues(ConfigNames.CAPABILITIES)) {
      throw new ConfigException("cannot enable channel capabilities without orderer support first");
    }
    ConfigGroup application = root.getGroupsMap().get(ConfigNames.APPLICATION);
    if (application != null && application.containsValues(ConfigNames.CAPABILITIES)) {
      throw new ConfigException(
          "cannot enable application capabilities without orderer support first");
    }
  }

  public String channelId() {
    return channelId;
  }

  /** The number of updates since the genesis block. */
  public long sequence() {
    return config.getSequence();
  }

  public Config config() {
    return config;
  }

  public MspManager msps() {
    return groups.msps;
  }

  public PolicyManager policies() {
    return policies;
  }

  /** The capabilities of the Application group; none if there is no such group. */
  public ApplicationCapabilities application() {
    return hasApplication() ? groups.application : NO_APPLICATION;
  }

  public ChannelCapabilities channel() {
    return groups.capabilities;
  }

  /** Whether there is an Application group at all. */
  public boolean hasApplication() {
    return groups.application != null;
  }

  /** The organizations of the Application group by group key. */
  public Map<String, ApplicationOrg> applicationOrgs() {
    return groups.applicationOrgs;
  }

  /** The MSP ids of the organizations of the Application group. */
  public Set<String> applicationMspIds() {
    return groups.applicationOrgs.values().stream()
        .map(ApplicationOrg::mspId)
        .collect(Collectors.toUnmodifiableSet());
  }

  public Optional<OrdererSection> orderer() {
    return Optional.ofNullable(groups.orderer);
  }

  /** Global orderer addresses, "host:port"; used only if no orderer organization has endpoints. */
  public List<String> ordererAddresses() {
    return groups.ordererAddresses;
  }

  /** Absolute policy path by resource, for the resources that the configuration overrides. */
  public Map<String, String> acls() {
    return groups.acls;
  }

  /** The policy that the signatures of a block must satisfy. */
  public Policy blockValidation() {
    return policies.policyOrReject(BLOCK_VALIDATION);
  }

  /**
   * Checks that this peer has every required capability.
   *
   * @throws ConfigIncompatibleException if not: the channel must stop
   */
  public void requireCompatible() {
    if (!hasApplication()) {
      throw new ConfigIncompatibleException(
          "[channel %s] does not have application config so is incompatible".formatted(channelId));
    }
    try {
      application().requireSupported();
      channel().requireSupported();
    } catch (ConfigException e) {
      throw new ConfigIncompatibleException(
          "[channel %s] incompatible: %s".formatted(channelId, e.getMessage()));
    }
  }

  /** MSP id by consortium and organization. */
  Optional<Map<String, Map<String, String>>> consortiums() {
    return Optional.ofNullable(groups.consortiums);
  }

  ConfigElements elements() {
    return elements;
  }
}
