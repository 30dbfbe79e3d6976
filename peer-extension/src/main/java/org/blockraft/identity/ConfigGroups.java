package org.blockraft.identity;

import com.google.protobuf.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hyperledger.fabric.protos.common.BlockDataHashingStructure;
import org.hyperledger.fabric.protos.common.Capabilities;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.Consortium;
import org.hyperledger.fabric.protos.common.HashingAlgorithm;
import org.hyperledger.fabric.protos.common.OrdererAddresses;
import org.hyperledger.fabric.protos.common.Orderers;
import org.hyperledger.fabric.protos.common.Policy;
import org.hyperledger.fabric.protos.msp.MSPConfig;
import org.hyperledger.fabric.protos.peer.ACLs;
import org.hyperledger.fabric.protos.peer.APIResource;
import org.hyperledger.fabric.protos.peer.AnchorPeers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parses and checks the groups of a channel configuration, top down.
 *
 * <p>Fabric: common/channelconfig/channel.go, application.go, applicationorg.go, organization.go,
 * consortiums.go, acls.go.
 */
final class ConfigGroups {
  private static final Logger log = LoggerFactory.getLogger(ConfigGroups.class);

  /** The only width of the block data hash tree there has ever been: everything in one node. */
  private static final int HASH_WIDTH = 0xFFFFFFFF;

  private static final Map<String, Message> CHANNEL_VALUES =
      Map.of(
          ConfigNames.HASHING_ALGORITHM, HashingAlgorithm.getDefaultInstance(),
          ConfigNames.BLOCK_DATA_HASHING_STRUCTURE, BlockDataHashingStructure.getDefaultInstance(),
          ConfigNames.ORDERER_ADDRESSES, OrdererAddresses.getDefaultInstance(),
          ConfigNames.ORDERERS, Orderers.getDefaultInstance(),
          ConfigNames.CONSORTIUM, Consortium.getDefaultInstance(),
          ConfigNames.CAPABILITIES, Capabilities.getDefaultInstance());
  private static final Map<String, Message> APPLICATION_VALUES =
      Map.of(
          ConfigNames.ACLS, ACLs.getDefaultInstance(),
          ConfigNames.CAPABILITIES, Capabilities.getDefaultInstance());
  private static final Map<String, Message> APPLICATION_ORG_VALUES =
      Map.of(
          ConfigNames.MSP, MSPConfig.getDefaultInstance(),
          ConfigNames.ANCHOR_PEERS, AnchorPeers.getDefaultInstance());
  private static final Map<String, Message> ORG_VALUES =
      Map.of(ConfigNames.MSP, MSPConfig.getDefaultInstance());
  private static final Map<String, Message> CONSORTIUM_VALUES =
      Map.of(ConfigNames.CHANNEL_CREATION_POLICY, Policy.getDefaultInstance());

  final ChannelCapabilities capabilities;
  final List<String> ordererAddresses;
  final MspManager msps;

  /** Null if the channel has no such group. */
  OrdererSection orderer;

  /** Null if the channel has no such group. */
  ApplicationCapabilities application;

  Map<String, ApplicationOrg> applicationOrgs = Map.of();
  Map<String, String> acls = Map.of();

  /** MSP id by consortium and organization; null if the channel has no such group. */
  Map<String, Map<String, String>> consortiums;

  ConfigGroups(ConfigGroup channel) {
    ConfigValues values = ConfigValues.of(channel, CHANNEL_VALUES);
    capabilities = new ChannelCapabilities(values.capabilities().getCapabilitiesMap().keySet());
    ordererAddresses =
        List.copyOf(
            values.get(ConfigNames.ORDERER_ADDRESSES, OrdererAddresses.class).getAddressesList());
    checkChannel(values);
    ConfigMsps proposed = new ConfigMsps(capabilities.mspVersion());
    channel.getGroupsMap().forEach((name, group) -> addGroup(name, group, proposed));
    msps = proposed.manager();
  }

  private void checkChannel(ConfigValues values) {
    String hashing = values.get(ConfigNames.HASHING_ALGORITHM, HashingAlgorithm.class).getName();
    if (!hashing.equals("SHA256") && !hashing.equals("SHA3_256")) {
      throw new ConfigException("Unknown hashing algorithm type: " + hashing);
    }
    int width =
        values
            .get(ConfigNames.BLOCK_DATA_HASHING_STRUCTURE, BlockDataHashingStructure.class)
            .getWidth();
    if (width != HASH_WIDTH) {
      throw new ConfigException(
          "BlockDataHashStructure width only supported at MaxUint32 in this version");
    }
    if (!capabilities.orgSpecificOrdererEndpoints() && ordererAddresses.isEmpty()) {
      throw new ConfigException("Must set some OrdererAddresses");
    }
    if (capabilities.consensusTypeBft() && !ordererAddresses.isEmpty()) {
      throw new ConfigException(
          "global OrdererAddresses are not allowed with V3_0 capability,"
              + " use org specific addresses only");
    }
  }

  private void addGroup(String name, ConfigGroup group, ConfigMsps proposed) {
    try {
      switch (name) {
        case ConfigNames.APPLICATION -> addApplication(group, proposed);
        case ConfigNames.ORDERER ->
            orderer = new ConfigOrdererGroup(capabilities, proposed).parse(group);
        case ConfigNames.CONSORTIUMS -> addConsortiums(group, proposed);
        default -> throw new UnknownGroup();
      }
    } catch (UnknownGroup e) {
      throw new ConfigException("Disallowed channel group: " + name);
    } catch (IdentityException e) {
      throw ConfigException.wrap(e, "could not create channel %s sub-group config".formatted(name));
    }
  }

  private static final class UnknownGroup extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private void addApplication(ConfigGroup group, ConfigMsps proposed) {
    ConfigValues values = ConfigValues.of(group, APPLICATION_VALUES);
    application = new ApplicationCapabilities(values.capabilities().getCapabilitiesMap().keySet());
    if (!application.acls() && group.containsValues(ConfigNames.ACLS)) {
      throw new ConfigException("ACLs may not be specified without the required capability");
    }
    acls = policiesByResource(values.get(ConfigNames.ACLS, ACLs.class));
    Map<String, ApplicationOrg> orgs = new LinkedHashMap<>();
    group
        .getGroupsMap()
        .forEach((name, org) -> orgs.put(name, applicationOrg(name, org, proposed)));
    applicationOrgs = Map.copyOf(orgs);
  }

  private static Map<String, String> policiesByResource(ACLs acls) {
    Map<String, String> policies = new LinkedHashMap<>();
    for (Map.Entry<String, APIResource> acl : acls.getAclsMap().entrySet()) {
      String policy = acl.getValue().getPolicyRef();
      if (policy.isEmpty()) {
        log.warn(
            "Policy reference for resource '{}' is specified, but empty, falling back to default",
            acl.getKey());
      } else {
        policies.put(
            acl.getKey(), policy.startsWith("/") ? policy : "/Channel/Application/" + policy);
      }
    }
    return Map.copyOf(policies);
  }

  private static ApplicationOrg applicationOrg(
      String name, ConfigGroup group, ConfigMsps proposed) {
    if (group.getGroupsCount() > 0) {
      throw new ConfigException("ApplicationOrg config does not allow sub-groups");
    }
    ConfigValues values = ConfigValues.of(group, APPLICATION_ORG_VALUES);
    return new ApplicationOrg(
        name,
        proposeMsp(name, values, proposed),
        values.get(ConfigNames.ANCHOR_PEERS, AnchorPeers.class).getAnchorPeersList());
  }

  static Msp proposeMsp(String org, ConfigValues values, ConfigMsps proposed) {
    Msp msp = proposed.propose(values.get(ConfigNames.MSP, MSPConfig.class));
    if (msp.id().isEmpty()) {
      throw new ConfigException("MSP for org %s has empty MSP ID".formatted(org));
    }
    return msp;
  }

  private void addConsortiums(ConfigGroup group, ConfigMsps proposed) {
    Map<String, Map<String, String>> parsed = new LinkedHashMap<>();
    group
        .getGroupsMap()
        .forEach((name, consortium) -> parsed.put(name, consortium(consortium, proposed)));
    consortiums = parsed;
  }

  private static Map<String, String> consortium(ConfigGroup group, ConfigMsps proposed) {
    ConfigValues.of(group, CONSORTIUM_VALUES);
    Map<String, String> orgs = new LinkedHashMap<>();
    group
        .getGroupsMap()
        .forEach(
            (name, org) -> {
              if (org.getGroupsCount() > 0) {
                throw new ConfigException("organizations do not support sub-groups");
              }
              orgs.put(name, proposeMsp(name, ConfigValues.of(org, ORG_VALUES), proposed).id());
            });
    return orgs;
  }
}
