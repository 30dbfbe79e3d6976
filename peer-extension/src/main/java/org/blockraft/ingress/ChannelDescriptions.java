package org.blockraft.ingress;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.OrdererAddresses;
import org.hyperledger.fabric.protos.discovery.ConfigResult;
import org.hyperledger.fabric.protos.discovery.Endpoint;
import org.hyperledger.fabric.protos.discovery.Endpoints;
import org.hyperledger.fabric.protos.msp.FabricMSPConfig;
import org.hyperledger.fabric.protos.msp.MSPConfig;

/**
 * A channel's configuration as discovery shows it: the MSPs, and the orderers by MSP id.
 *
 * <p>Fabric source: discovery/support/config/support.go.
 */
final class ChannelDescriptions {
  private static final int FABRIC_MSP = 0;

  private ChannelDescriptions() {}

  static ConfigResult of(Config config) throws InvalidProtocolBufferException {
    ConfigGroup channel = config.getChannelGroup();
    Collection<ConfigGroup> ordererOrgs = group(channel, "Orderer").getGroupsMap().values();
    Collection<ConfigGroup> applicationOrgs = group(channel, "Application").getGroupsMap().values();
    ConfigResult.Builder result = ConfigResult.newBuilder();
    endpoints(channel, ordererOrgs).forEach(result::putOrderers);
    for (Collection<ConfigGroup> orgs : List.of(ordererOrgs, applicationOrgs)) {
      for (ConfigGroup org : orgs) {
        Optional<FabricMSPConfig> msp = msp(org);
        if (msp.isPresent() && !result.containsMsps(msp.get().getName())) {
          result.putMsps(msp.get().getName(), msp.get());
        }
      }
    }
    return result.build();
  }

  private static ConfigGroup group(ConfigGroup channel, String name) {
    ConfigGroup group = channel.getGroupsMap().get(name);
    if (group == null) {
      throw new ServiceException(
          "config is invalid: key Config.ChannelGroup.Groups[" + name + "] is missing");
    }
    return group;
  }

  private static Map<String, Endpoints> endpoints(ConfigGroup channel, Collection<ConfigGroup> orgs)
      throws InvalidProtocolBufferException {
    Map<String, List<String>> byMsp = new LinkedHashMap<>();
    for (ConfigGroup org : orgs) {
      Optional<FabricMSPConfig> msp = msp(org);
      if (msp.isPresent()) {
        byMsp.put(msp.get().getName(), addresses(org, "Endpoints"));
      }
    }
    boolean perOrg = byMsp.values().stream().anyMatch(list -> !list.isEmpty());
    List<String> global = perOrg ? List.of() : addresses(channel, "OrdererAddresses");
    Map<String, Endpoints> result = new LinkedHashMap<>();
    byMsp.forEach((msp, own) -> result.put(msp, endpoints(perOrg ? own : global)));
    return result;
  }

  private static List<String> addresses(ConfigGroup group, String value)
      throws InvalidProtocolBufferException {
    return group.containsValues(value)
        ? OrdererAddresses.parseFrom(group.getValuesOrThrow(value).getValue()).getAddressesList()
        : List.of();
  }

  private static Endpoints endpoints(List<String> addresses) {
    Endpoints.Builder endpoints = Endpoints.newBuilder();
    for (String address : addresses) {
      int colon = address.lastIndexOf(':');
      try {
        endpoints.addEndpoint(
            Endpoint.newBuilder()
                .setHost(address.substring(0, Math.max(colon, 0)))
                .setPort(Integer.parseInt(address.substring(colon + 1))));
      } catch (NumberFormatException e) {
        // An address without a port leads nowhere; stock leaves it out as well.
      }
    }
    return endpoints.build();
  }

  private static Optional<FabricMSPConfig> msp(ConfigGroup org)
      throws InvalidProtocolBufferException {
    MSPConfig config = MSPConfig.parseFrom(org.getValuesOrThrow("MSP").getValue());
    return config.getType() == FABRIC_MSP
        ? Optional.of(FabricMSPConfig.parseFrom(config.getConfig()))
        : Optional.empty();
  }
}
