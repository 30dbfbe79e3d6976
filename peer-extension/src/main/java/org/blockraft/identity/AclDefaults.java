package org.blockraft.identity;

import java.util.HashMap;
import java.util.Map;

/**
 * Which policy guards a resource when the channel configuration says nothing.
 *
 * <p>Fabric: core/aclmgmt/defaultaclprovider.go.
 */
final class AclDefaults {
  static final String ADMINS = "Admins";
  static final String MEMBERS = "Members";

  private static final String READERS = "/Channel/Application/Readers";
  private static final String WRITERS = "/Channel/Application/Writers";

  /** Resources of the peer itself: the local MSP decides, and no channel can override that. */
  private static final Map<String, String> LOCAL = local();

  private static final Map<String, String> CHANNEL = channel();

  private AclDefaults() {}

  /** {@link #ADMINS} or {@link #MEMBERS}; empty if the resource belongs to channels. */
  static String localPolicy(String resource) {
    return LOCAL.getOrDefault(resource, "");
  }

  /** An absolute policy path; empty if there is no default. */
  static String channelPolicy(String resource) {
    return CHANNEL.getOrDefault(resource, "");
  }

  private static Map<String, String> local() {
    Map<String, String> policies = new HashMap<>();
    put(
        policies,
        ADMINS,
        "_lifecycle/InstallChaincode",
        "_lifecycle/QueryInstalledChaincode",
        "_lifecycle/GetInstalledChaincodePackage",
        "_lifecycle/QueryInstalledChaincodes",
        "_lifecycle/ApproveChaincodeDefinitionForMyOrg",
        "_lifecycle/QueryApprovedChaincodeDefinition",
        "_lifecycle/QueryApprovedChaincodeDefinitions",
        "snapshot/submitrequest",
        "snapshot/cancelrequest",
        "snapshot/listpending",
        "lscc/Install",
        "lscc/GetInstalledChaincodes",
        "cscc/JoinChain",
        "cscc/JoinChainBySnapshot",
        "cscc/JoinBySnapshotStatus");
    put(policies, MEMBERS, "cscc/GetChannels");
    return Map.copyOf(policies);
  }

  private static Map<String, String> channel() {
    Map<String, String> policies = new HashMap<>();
    put(
        policies,
        WRITERS,
        "_lifecycle/CommitChaincodeDefinition",
        "_lifecycle/QueryChaincodeDefinition",
        "_lifecycle/QueryChaincodeDefinitions",
        "_lifecycle/CheckCommitReadiness",
        "peer/Propose",
        "peer/ChaincodeToChaincode");
    put(
        policies,
        READERS,
        "lscc/ChaincodeExists",
        "lscc/GetDeploymentSpec",
        "lscc/GetChaincodeData",
        "lscc/GetInstantiatedChaincodes",
        "lscc/GetCollectionsConfig",
        "qscc/GetChainInfo",
        "qscc/GetBlockByNumber",
        "qscc/GetBlockByHash",
        "qscc/GetTransactionByID",
        "qscc/GetBlockByTxID",
        "cscc/GetConfigBlock",
        "cscc/GetChannelConfig",
        "event/Block",
        "event/FilteredBlock",
        "gateway/CommitStatus",
        "gateway/ChaincodeEvents");
    return Map.copyOf(policies);
  }

  private static void put(Map<String, String> policies, String policy, String... resources) {
    for (String resource : resources) {
      policies.put(resource, policy);
    }
  }
}
