package org.blockraft.operations;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which loggers of this program a logger name of Fabric stands for. */
final class FabricLoggers {
  private static final String ROOT = "org.blockraft.";

  /**
   * First part of a Fabric logger name, or a whole name where its parts live apart; to our
   * packages.
   */
  private static final Map<String, List<String>> MODULES =
      Map.ofEntries(
          Map.entry("aclmgmt", List.of("identity")),
          Map.entry("bccsp", List.of("identity")),
          Map.entry("bccsp_sw", List.of("identity")),
          Map.entry("blkstorage", List.of("ledger")),
          Map.entry("blocksProvider", List.of("intake")),
          Map.entry("cauthdsl", List.of("identity")),
          Map.entry("chaincode", List.of("chaincode")),
          Map.entry("chaincode.externalbuilder", List.of("chaincode")),
          Map.entry("comm", List.of("ingress.GrpcServer", "ingress.CallLog")),
          Map.entry("comm.grpc.server", List.of("ingress.CallLog")),
          Map.entry("committer", List.of("validate", "mvcc", "ledger")),
          Map.entry("committer.txvalidator", List.of("validate")),
          Map.entry("common.channelconfig", List.of("identity")),
          Map.entry("common.configtx", List.of("identity")),
          Map.entry("common.deliver", List.of("ingress.DeliverService")),
          Map.entry("common.deliverevents", List.of("ingress.DeliverService")),
          Map.entry("core.comm", List.of("ingress.GrpcServer")),
          Map.entry("couchdb", List.of("state")),
          Map.entry("cscc", List.of("lifecycle")),
          Map.entry("deliveryClient", List.of("intake")),
          Map.entry("discovery", List.of("ingress.DiscoveryService")),
          Map.entry("dockercontroller", List.of("chaincode")),
          Map.entry("endorser", List.of("endorse", "dispatch", "worker")),
          Map.entry("flogging", List.of("operations")),
          Map.entry("gateway", List.of("ingress")),
          Map.entry("gossip", List.of("gossip")),
          Map.entry("grpc", List.of()),
          Map.entry("kvledger", List.of("ledger")),
          Map.entry("ledger", List.of("ledger")),
          Map.entry("ledgermgmt", List.of("ledger")),
          Map.entry("leveldbhelper", List.of("state")),
          Map.entry("lifecycle", List.of("lifecycle")),
          Map.entry("lockbasedtxmgr", List.of("simulation", "mvcc")),
          Map.entry("lscc", List.of("lifecycle")),
          Map.entry("msp", List.of("identity")),
          Map.entry("operations", List.of("operations")),
          Map.entry("orderers", List.of("intake")),
          Map.entry("peer", List.of("peer")),
          Map.entry("peer.blocksprovider", List.of("intake")),
          Map.entry("policies", List.of("identity")),
          Map.entry("policy", List.of("identity")),
          Map.entry("pvtdatastorage", List.of("ledger")),
          Map.entry("qscc", List.of("lifecycle")),
          Map.entry("rwsetutil", List.of("simulation")),
          Map.entry("statecouchdb", List.of("state")),
          Map.entry("stateleveldb", List.of("state")),
          Map.entry("transientstore", List.of("ledger")),
          Map.entry("validation", List.of("validate", "mvcc")),
          Map.entry("valinternal", List.of("mvcc")),
          Map.entry("vscc", List.of("validate")));

  private FabricLoggers() {}

  /**
   * The logger names to set for a name of a specification; the name itself is always one of them.
   */
  static List<String> targets(String name) {
    List<String> targets = new ArrayList<>();
    if (name.equals("grpc")) {
      targets.add("io.grpc");
    }
    targets.add(name);
    for (String prefix = name; ; prefix = prefix.substring(0, prefix.lastIndexOf('.'))) {
      List<String> packages = MODULES.get(prefix);
      if (packages != null) {
        packages.forEach(p -> targets.add(ROOT + p));
        return targets;
      }
      if (prefix.indexOf('.') < 0) {
        return targets;
      }
    }
  }
}
