package org.blockraft.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import org.blockraft.identity.SignaturePolicies;
import org.blockraft.simulation.SimulationException;
import org.blockraft.simulation.SimulationResult;
import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.peer.ApplicationPolicy;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.CollectionPolicyConfig;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.hyperledger.fabric.protos.peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeSource;
import org.hyperledger.fabric.protos.peer.lifecycle.CheckCommitReadinessArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.CheckCommitReadinessResult;
import org.hyperledger.fabric.protos.peer.lifecycle.CommitChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryApprovedChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryApprovedChaincodeDefinitionResult;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryApprovedChaincodeDefinitionsArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryApprovedChaincodeDefinitionsResult;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionResult;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionsArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionsResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A history of approvals, commits, queries and uses of collections that was recorded on a stock
 * peer of version 2.5: read-write sets, private write sets and answers must be the same bytes here.
 */
class StockSimulationsTest {
  private static final String ORG1 = "Org1MSP";
  private static final String ORG2 = "Org2MSP";
  private static final ByteString POLICY =
      ApplicationPolicy.newBuilder()
          .setSignaturePolicy(
              SignaturePolicies.signedByNOutOf(1, MSPRoleType.MEMBER, List.of(ORG1, ORG2)))
          .build()
          .toByteString();
  private static final CollectionConfigPackage COLLECTIONS =
      CollectionConfigPackage.newBuilder()
          .addConfig(
              CollectionConfig.newBuilder()
                  .setStaticCollectionConfig(
                      StaticCollectionConfig.newBuilder()
                          .setName("secrets")
                          .setMemberOrgsPolicy(
                              CollectionPolicyConfig.newBuilder()
                                  .setSignaturePolicy(
                                      SignaturePolicies.signedByNOutOf(
                                          1, MSPRoleType.MEMBER, List.of(ORG1, ORG2))))
                          .setMaximumPeerCount(1)
                          .setBlockToLive(100)
                          .setMemberOnlyRead(true)))
          .build();

  @TempDir Path dir;
  private LifecycleChannel channel;
  private Deque<String[]> recorded;

  @Test
  void historyOfDefinitionsGivesStocksBytes() throws IOException {
    channel = new LifecycleChannel(dir);
    recorded = recorded("stock-simulations.txt");

    approve("approve1", ORG1, first("mycc:aa"));
    approve("approveSame", ORG1, first("mycc:aa"));
    readiness("readiness", 1, "1.0");
    readiness("readinessOther", 1, "1.1");
    readiness("readinessWrong", 2, "1.1");
    commit(
        "commitUnapproved",
        ORG2,
        CommitChaincodeDefinitionArgs.newBuilder()
            .setSequence(1)
            .setName("mycc")
            .setVersion("1.0")
            .build());
    approve("approve2", ORG2, first(""));
    queryApproved("queryApproved", 0);
    queryApproved("queryApprovedNone", 7);
    query("query", "mycc");
    query("queryNone", "other");
    approve("approveAgain", ORG1, first("mycc:bb"));
    approve("approveChanged", ORG1, first("mycc:cc").toBuilder().setVersion("1.1").build());
    approve(
        "approveZero",
        ORG1,
        ApproveChaincodeDefinitionForMyOrgArgs.newBuilder()
            .setName("zero")
            .setVersion("1")
            .build());
    approve(
        "approveFar",
        ORG1,
        ApproveChaincodeDefinitionForMyOrgArgs.newBuilder()
            .setName("mycc")
            .setVersion("1")
            .setSequence(3)
            .build());
    secondDefinition();
    assertEquals(0, recorded.size());
  }

  private void secondDefinition() throws IOException {
    approve("approveNext", ORG1, second("mycc:dd"));
    approve("approveNextPackage", ORG1, second("mycc:ee"));
    approve("approveNext2", ORG2, second("mycc:ff"));
    commit(
        "commitNext",
        ORG1,
        CommitChaincodeDefinitionArgs.newBuilder()
            .setSequence(2)
            .setName("mycc")
            .setVersion("2.0")
            .setValidationParameter(POLICY)
            .setCollections(COLLECTIONS)
            .setInitRequired(true)
            .build());
    approve("approveLess", ORG1, first("mycc:aa"));
    approve(
        "approveNoCollections",
        ORG1,
        second("mycc:gg").toBuilder().setSequence(3).clearCollections().build());
    same(
        "queryDefinitions",
        ORG1,
        "QueryChaincodeDefinitions",
        QueryChaincodeDefinitionsArgs.getDefaultInstance(),
        QueryChaincodeDefinitionsResult.parser());
    commit(
        "commitBadName",
        ORG1,
        CommitChaincodeDefinitionArgs.newBuilder()
            .setSequence(1)
            .setName("_x")
            .setVersion("1")
            .build());
    same("unknown", ORG1, "Foo", CheckCommitReadinessArgs.getDefaultInstance(), null);
    use("usePrivate", "secrets");
    use("useImplicit", "_implicit_org_Org2MSP");
    useUnknown();
  }

  @Test
  void version3ToldApartWhatDiffersAndRefusesRepeatedApprovals() throws IOException {
    channel = new LifecycleChannel(dir, true);
    recorded = recorded("stock-simulations-v3.txt");

    approve("approve1", ORG1, first("mycc:aa"));
    approve("approve2", ORG2, first(""));
    same(
        "readinessOther",
        ORG1,
        "CheckCommitReadiness",
        CheckCommitReadinessArgs.newBuilder()
            .setSequence(1)
            .setName("mycc")
            .setVersion("1.1")
            .setCollections(COLLECTIONS)
            .build(),
        CheckCommitReadinessResult.parser());
    readiness("readinessAll", 1, "1.0");
    same(
        "readinessNone",
        ORG1,
        "CheckCommitReadiness",
        CheckCommitReadinessArgs.newBuilder()
            .setSequence(1)
            .setName("nobody")
            .setVersion("1.0")
            .build(),
        CheckCommitReadinessResult.parser());
    commit(
        "commit",
        ORG1,
        CommitChaincodeDefinitionArgs.newBuilder()
            .setSequence(1)
            .setName("mycc")
            .setVersion("1.0")
            .build());
    approve("approveSame", ORG1, first("mycc:aa"));
    approve("approveOther", ORG1, first("mycc:bb"));
    approve("approveNext", ORG1, second("mycc:cc"));
    approve("approveNextSame", ORG1, second("mycc:cc"));
    same(
        "queryAll",
        ORG1,
        "QueryApprovedChaincodeDefinitions",
        QueryApprovedChaincodeDefinitionsArgs.getDefaultInstance(),
        QueryApprovedChaincodeDefinitionsResult.parser());
    same(
        "queryMissing",
        ORG1,
        "QueryApprovedChaincodeDefinition",
        QueryApprovedChaincodeDefinitionArgs.newBuilder().setName("other").build(),
        null);
    assertEquals(0, recorded.size());
  }

  private static Deque<String[]> recorded(String file) throws IOException {
    Deque<String[]> lines = new ArrayDeque<>();
    try (InputStream in = StockSimulationsTest.class.getResourceAsStream(file)) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .forEach(line -> lines.add(line.split("\\|", -1)));
    }
    return lines;
  }

  private static ApproveChaincodeDefinitionForMyOrgArgs first(String packageId) {
    var args =
        ApproveChaincodeDefinitionForMyOrgArgs.newBuilder()
            .setSequence(1)
            .setName("mycc")
            .setVersion("1.0");
    if (!packageId.isEmpty()) {
      args.setSource(local(packageId));
    }
    return args.build();
  }

  private static ApproveChaincodeDefinitionForMyOrgArgs second(String packageId) {
    return ApproveChaincodeDefinitionForMyOrgArgs.newBuilder()
        .setSequence(2)
        .setName("mycc")
        .setVersion("2.0")
        .setValidationParameter(POLICY)
        .setCollections(COLLECTIONS)
        .setInitRequired(true)
        .setSource(local(packageId))
        .build();
  }

  private static ChaincodeSource local(String packageId) {
    return ChaincodeSource.newBuilder()
        .setLocalPackage(ChaincodeSource.Local.newBuilder().setPackageId(packageId))
        .build();
  }

  private void approve(String name, String org, ApproveChaincodeDefinitionForMyOrgArgs args)
      throws IOException {
    same(name, org, "ApproveChaincodeDefinitionForMyOrg", args, null);
  }

  private void commit(String name, String org, CommitChaincodeDefinitionArgs args)
      throws IOException {
    same(name, org, "CommitChaincodeDefinition", args, null);
  }

  private void readiness(String name, long sequence, String version) throws IOException {
    same(
        name,
        ORG1,
        "CheckCommitReadiness",
        CheckCommitReadinessArgs.newBuilder()
            .setSequence(sequence)
            .setName("mycc")
            .setVersion(version)
            .build(),
        CheckCommitReadinessResult.parser());
  }

  private void queryApproved(String name, long sequence) throws IOException {
    same(
        name,
        ORG1,
        "QueryApprovedChaincodeDefinition",
        QueryApprovedChaincodeDefinitionArgs.newBuilder()
            .setName("mycc")
            .setSequence(sequence)
            .build(),
        QueryApprovedChaincodeDefinitionResult.parser());
  }

  private void query(String name, String chaincode) throws IOException {
    same(
        name,
        ORG1,
        "QueryChaincodeDefinition",
        QueryChaincodeDefinitionArgs.newBuilder().setName(chaincode).build(),
        QueryChaincodeDefinitionResult.parser());
  }

  /**
   * @param parser for answers with maps, whose bytes have no fixed order
   */
  private void same(
      String name, String org, String function, Message args, Parser<? extends Message> parser)
      throws IOException {
    String[] expected = recorded.remove();
    assertEquals(expected[0], name);
    try (TransactionSimulator simulator = channel.simulator()) {
      Response response = channel.call(org, function, args.toByteString(), simulator);
      assertEquals(expected[4], response.getMessage(), name);
      assertEquals(expected[3], Integer.toString(response.getStatus()), name);
      if (parser == null) {
        assertEquals(expected[5], hex(response.getPayload()), name);
      } else {
        assertEquals(
            parser.parseFrom(HexFormat.of().parseHex(expected[5])),
            parser.parseFrom(response.getPayload()),
            name);
      }
      sameResult(name, expected, channel.commit(simulator));
    }
  }

  private void use(String name, String collection) {
    String[] expected = recorded.remove();
    assertEquals(expected[0], name);
    try (TransactionSimulator simulator = channel.simulator()) {
      simulator.setPrivateData("mycc", collection, "k", "v".getBytes(StandardCharsets.UTF_8));
      sameResult(name, expected, channel.commit(simulator));
    }
  }

  private void useUnknown() {
    String[] expected = recorded.remove();
    try (TransactionSimulator simulator = channel.simulator()) {
      SimulationException refused =
          assertThrows(
              SimulationException.class,
              () -> simulator.setPrivateData("mycc", "nothing", "k", new byte[] {1}));
      assertEquals(expected[3], refused.getMessage());
      sameResult("useUnknown", expected, channel.commit(simulator));
    }
  }

  private static void sameResult(String name, String[] expected, SimulationResult result) {
    assertEquals(expected[1], hex(result.publicRwset()), name);
    String plain = result.privateRwset() == null ? "" : hex(result.privateRwset().toByteString());
    assertEquals(expected[2], plain, name);
    assertFalse(expected[1].isEmpty() && !plain.isEmpty());
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
