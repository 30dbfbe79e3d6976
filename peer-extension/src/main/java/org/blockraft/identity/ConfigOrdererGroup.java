package org.blockraft.identity;

import com.google.protobuf.Message;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hyperledger.fabric.protos.common.Capabilities;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.OrdererAddresses;
import org.hyperledger.fabric.protos.common.Orderers;
import org.hyperledger.fabric.protos.msp.MSPConfig;
import org.hyperledger.fabric.protos.orderer.BatchSize;
import org.hyperledger.fabric.protos.orderer.BatchTimeout;
import org.hyperledger.fabric.protos.orderer.ChannelRestrictions;
import org.hyperledger.fabric.protos.orderer.ConsensusType;

/**
 * Parses and checks the Orderer group.
 *
 * <p>Fabric: common/channelconfig/orderer.go.
 */
final class ConfigOrdererGroup {
  private static final Map<String, Message> VALUES =
      Map.of(
          ConfigNames.CONSENSUS_TYPE, ConsensusType.getDefaultInstance(),
          ConfigNames.BATCH_SIZE, BatchSize.getDefaultInstance(),
          ConfigNames.BATCH_TIMEOUT, BatchTimeout.getDefaultInstance(),
          // Nobody reads it any more; old channels have it, in a message of the same shape.
          ConfigNames.KAFKA_BROKERS, OrdererAddresses.getDefaultInstance(),
          ConfigNames.ORDERERS, Orderers.getDefaultInstance(),
          ConfigNames.CHANNEL_RESTRICTIONS, ChannelRestrictions.getDefaultInstance(),
          ConfigNames.CAPABILITIES, Capabilities.getDefaultInstance());
  private static final Map<String, Message> ORG_VALUES =
      Map.of(
          ConfigNames.MSP, MSPConfig.getDefaultInstance(),
          ConfigNames.ENDPOINTS, OrdererAddresses.getDefaultInstance());

  private final ChannelCapabilities channel;
  private final ConfigMsps proposed;

  ConfigOrdererGroup(ChannelCapabilities channel, ConfigMsps proposed) {
    this.channel = channel;
    this.proposed = proposed;
  }

  OrdererSection parse(ConfigGroup group) {
    ConfigValues values = ConfigValues.of(group, VALUES);
    BatchSize batchSize = values.get(ConfigNames.BATCH_SIZE, BatchSize.class);
    checkBatchSize(batchSize);
    Duration batchTimeout =
        batchTimeout(values.get(ConfigNames.BATCH_TIMEOUT, BatchTimeout.class).getTimeout());
    Map<String, OrdererOrg> orgs = new LinkedHashMap<>();
    group.getGroupsMap().forEach((name, org) -> orgs.put(name, org(name, org)));
    if (channel.consensusTypeBft()) {
      checkAllHaveEndpoints(orgs);
    }
    ConsensusType type = values.get(ConfigNames.CONSENSUS_TYPE, ConsensusType.class);
    return new OrdererSection(
        type.getType(),
        type.getMetadata(),
        batchSize,
        batchTimeout,
        values.get(ConfigNames.CHANNEL_RESTRICTIONS, ChannelRestrictions.class).getMaxCount(),
        values.capabilities().getCapabilitiesMap().keySet(),
        values.get(ConfigNames.ORDERERS, Orderers.class).getConsenterMappingList(),
        orgs);
  }

  private static void checkBatchSize(BatchSize size) {
    if (size.getMaxMessageCount() == 0) {
      throw invalidBatchSize("max message count");
    }
    if (size.getAbsoluteMaxBytes() == 0) {
      throw invalidBatchSize("absolute max bytes");
    }
    if (size.getPreferredMaxBytes() == 0) {
      throw invalidBatchSize("preferred max bytes");
    }
    if (Integer.compareUnsigned(size.getPreferredMaxBytes(), size.getAbsoluteMaxBytes()) > 0) {
      throw new ConfigException(
          "Attempted to set the batch size preferred max bytes (%s) greater than the absolute max"
                  .formatted(Integer.toUnsignedString(size.getPreferredMaxBytes()))
              + " bytes (%s).".formatted(Integer.toUnsignedString(size.getAbsoluteMaxBytes())));
    }
  }

  private static ConfigException invalidBatchSize(String what) {
    return new ConfigException(
        "Attempted to set the batch size %s to an invalid value: 0".formatted(what));
  }

  private static Duration batchTimeout(String text) {
    Duration timeout;
    try {
      timeout = ConfigDuration.parse(text);
    } catch (ConfigException e) {
      throw ConfigException.wrap(e, "Attempted to set the batch timeout to a invalid value");
    }
    if (!timeout.isPositive()) {
      throw new ConfigException(
          "Attempted to set the batch timeout to a non-positive value: "
              + (timeout.isZero() ? "0s" : text));
    }
    return timeout;
  }

  private OrdererOrg org(String name, ConfigGroup group) {
    if (group.getGroupsCount() > 0) {
      throw new ConfigException("OrdererOrg config does not allow sub-groups");
    }
    if (!channel.orgSpecificOrdererEndpoints() && group.containsValues(ConfigNames.ENDPOINTS)) {
      throw new ConfigException(
          "Orderer Org %s cannot contain endpoints value until V1_4_2+ capabilities have been enabled"
              .formatted(name));
    }
    ConfigValues values = ConfigValues.of(group, ORG_VALUES);
    return new OrdererOrg(
        name,
        ConfigGroups.proposeMsp(name, values, proposed),
        values.get(ConfigNames.ENDPOINTS, OrdererAddresses.class).getAddressesList());
  }

  private static void checkAllHaveEndpoints(Map<String, OrdererOrg> orgs) {
    List<String> missing =
        orgs.values().stream()
            .filter(org -> org.endpoints().isEmpty())
            .map(OrdererOrg::name)
            .toList();
    if (!missing.isEmpty()) {
      throw new ConfigException(
          "some orderer organizations endpoints are empty: [%s]"
              .formatted(String.join(" ", missing)));
    }
  }
}
