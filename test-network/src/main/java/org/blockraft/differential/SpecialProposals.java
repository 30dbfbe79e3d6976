package org.blockraft.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;
import org.hyperledger.fabric.protos.peer.ChaincodeHeaderExtension;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.ChaincodeInvocationSpec;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.hyperledger.fabric.protos.peer.lifecycle.CheckCommitReadinessArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.GetInstalledChaincodePackageArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryApprovedChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionsArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryInstalledChaincodeArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryInstalledChaincodesArgs;

/** Proposals that are made on purpose and not at random: each corner once. */
final class SpecialProposals {
  private static final String CHANNEL = DifferentialNetwork.CHANNEL;

  private final Parties parties;
  private final String committedTxId;

  /**
   * @param committedTxId the id of any transaction of the chain
   */
  SpecialProposals(Parties parties, String committedTxId) {
    this.parties = parties;
    this.committedTxId = committedTxId;
  }

  /** All of them, fresh. */
  List<Draft> all() {
    List<Draft> drafts = new ArrayList<>(scripts());
    drafts.addAll(malformed());
    drafts.addAll(strangers());
    drafts.addAll(ledgerQueries());
    drafts.addAll(lifecycle());
    return drafts;
  }

  private List<Draft> scripts() {
    try (InputStream in = SpecialProposals.class.getResourceAsStream("scripts.jsonl")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(org.json.JSONArray::new)
          .map(
              script -> {
                ProposalBuilder builder = probe().args("run");
                script.forEach(operation -> builder.args(operation.toString()));
                return builder
                    .transientValue("b", ByteString.copyFromUtf8("two"))
                    .transientValue("a", ByteString.copyFromUtf8("one"))
                    .build();
              })
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ProposalBuilder probe() {
    return new ProposalBuilder(parties.client(), CHANNEL, "probe");
  }

  private ProposalBuilder read() {
    return probe().args("run", ScriptGenerator.op("get", "k01").toString());
  }

  private static ByteString garbage() {
    return ByteString.copyFrom(new byte[] {10, 100, 1, 2});
  }

  private static ByteString extension(String chaincode) {
    return ChaincodeHeaderExtension.newBuilder()
        .setChaincodeId(ChaincodeID.newBuilder().setName(chaincode))
        .build()
        .toByteString();
  }

  private Draft spec(Consumer<ChaincodeInvocationSpec.Builder> change) {
    return read().bendSpec(change).build();
  }

  private List<Draft> malformed() {
    return List.of(
        read().bendSigned(SignedProposal.Builder::clearSignature).build(),
        read().bendSigned(s -> s.setSignature(garbage())).build(),
        read().bendSigned(SignedProposal.Builder::clearProposalBytes).build(),
        read().bendSigned(s -> s.setProposalBytes(garbage())).build(),
        read().bendSigned(SignedProposal.Builder::clear).build(),
        read().bendProposal(p -> p.clearHeader()).build(),
        read().bendProposal(p -> p.setHeader(garbage())).build(),
        read().bendProposal(p -> p.clearPayload()).build(),
        read().bendProposal(p -> p.setPayload(garbage())).build(),
        read().bendProposal(p -> p.setExtension(garbage())).build(),
        read().bendChannelHeader(h -> h.setType(HeaderType.CONFIG_VALUE)).build(),
        read().bendChannelHeader(h -> h.setType(HeaderType.MESSAGE_VALUE)).build(),
        read().bendChannelHeader(h -> h.setType(77)).build(),
        read().bendChannelHeader(h -> h.setEpoch(1)).build(),
        read().bendChannelHeader(h -> h.setVersion(7)).build(),
        read().bendChannelHeader(h -> h.setTxId("0".repeat(64))).build(),
        read().bendChannelHeader(h -> h.clearTxId()).build(),
        read().bendChannelHeader(h -> h.setTxId(committedTxId)).build(),
        read().bendChannelHeader(h -> h.clearTimestamp()).build(),
        read().bendChannelHeader(h -> h.clearExtension()).build(),
        read().bendChannelHeader(h -> h.setExtension(garbage())).build(),
        read().bendChannelHeader(h -> h.setExtension(extension(""))).build(),
        read().bendChannelHeader(h -> h.setExtension(extension("other"))).build(),
        read().bendChannelHeader(h -> h.setExtension(extension("nosuch"))).build(),
        read().bendChannelHeader(h -> h.setChannelId("nosuch")).build(),
        read().bendChannelHeader(h -> h.setChannelId("")).build(),
        read().bendChannelHeader(h -> h.setTlsCertHash(garbage())).build(),
        read().bendSignatureHeader(h -> h.clearNonce()).build(),
        read().bendSignatureHeader(h -> h.clearCreator()).build(),
        read().bendSignatureHeader(h -> h.setCreator(garbage())).build(),
        read().bendSignatureHeader(h -> h.setCreator(identity("Org9MSP", "none"))).build(),
        read().bendSignatureHeader(h -> h.setCreator(identity("Org1MSP", "none"))).build(),
        read().bendSignatureHeader(h -> h.setCreator(identity("Org1MSP", ""))).build(),
        read().bendSignatureHeader(h -> h.setCreator(parties.client2().serialized())).build(),
        spec(s -> s.clear()),
        spec(s -> s.setChaincodeSpec(s.getChaincodeSpec().toBuilder().clearChaincodeId())),
        spec(s -> s.setChaincodeSpec(s.getChaincodeSpec().toBuilder().clearInput())),
        probe().build(),
        probe().args("").build(),
        probe().args("run", "not json").build(),
        probe().args("run").arg(garbage()).build(),
        probe().init().args("init").build(),
        other().init().args("init").build(),
        other().args("run", ScriptGenerator.op("get", "initialized").toString()).build(),
        new ProposalBuilder(parties.client(), CHANNEL, "nosuch").args("run").build(),
        new ProposalBuilder(parties.client(), CHANNEL, "").args("run").build(),
        new ProposalBuilder(parties.client(), CHANNEL, "probe:1.0").args("run").build(),
        new ProposalBuilder(parties.client(), "", "probe").args("run").build(),
        new ProposalBuilder(parties.client(), CHANNEL, "vscc").args("x").build());
  }

  private ProposalBuilder other() {
    return new ProposalBuilder(parties.client(), CHANNEL, "other");
  }

  private static ByteString identity(String mspId, String content) {
    return SerializedIdentity.newBuilder()
        .setMspid(mspId)
        .setIdBytes(ByteString.copyFromUtf8(content))
        .build()
        .toByteString();
  }

  /** The same question by everybody. */
  private List<Draft> strangers() {
    List<Draft> drafts = new ArrayList<>();
    for (Party party :
        List.of(
            parties.peer1(),
            parties.peer2(),
            parties.client2(),
            parties.admin1(),
            parties.admin2(),
            parties.orderer())) {
      String read = ScriptGenerator.op("privateGet", "mine", "p1").toString();
      String write = ScriptGenerator.op("privatePut", "mine", "p1", "v").toString();
      drafts.add(new ProposalBuilder(party, CHANNEL, "probe").args("run", read).build());
      drafts.add(new ProposalBuilder(party, CHANNEL, "probe").args("run", write).build());
      drafts.add(new ProposalBuilder(party, CHANNEL, "qscc").args("GetChainInfo", CHANNEL).build());
      drafts.add(new ProposalBuilder(party, "", "cscc").args("GetChannels").build());
      drafts.add(
          new ProposalBuilder(party, "", "_lifecycle")
              .args("QueryInstalledChaincodes")
              .arg(QueryInstalledChaincodesArgs.getDefaultInstance())
              .build());
    }
    return drafts;
  }

  private List<Draft> ledgerQueries() {
    List<Draft> drafts = new ArrayList<>();
    for (Party party : List.of(parties.client(), parties.admin1())) {
      for (String[] args :
          new String[][] {
            {"GetChainInfo", CHANNEL},
            {"GetChainInfo", "nosuch"},
            {"GetChainInfo"},
            {"GetChainInfo", ""},
            {"GetBlockByNumber", CHANNEL, "1"},
            {"GetBlockByNumber", CHANNEL, "99999"},
            {"GetBlockByNumber", CHANNEL, "-1"},
            {"GetBlockByNumber", CHANNEL, "one"},
            {"GetBlockByHash", CHANNEL, "nothing"},
            {"GetTransactionByID", CHANNEL, committedTxId},
            {"GetTransactionByID", CHANNEL, "none"},
            {"GetBlockByTxID", CHANNEL, committedTxId},
            {"GetBlockByTxID", CHANNEL, ""},
            {"GetNothing", CHANNEL},
            {}
          }) {
        drafts.add(new ProposalBuilder(party, CHANNEL, "qscc").args(args).build());
      }
      for (String[] args :
          new String[][] {
            {"GetChannels"},
            {"GetConfigBlock", CHANNEL},
            {"GetChannelConfig", CHANNEL},
            {"GetConfigBlock", "nosuch"},
            {"GetConfigBlock"},
            {"JoinChain"},
            {"JoinChain", "garbage"},
            {"GetNothing"},
            {}
          }) {
        drafts.add(new ProposalBuilder(party, "", "cscc").args(args).build());
        drafts.add(new ProposalBuilder(party, CHANNEL, "cscc").args(args).build());
      }
    }
    return drafts;
  }

  private List<Draft> lifecycle() {
    List<Draft> drafts = new ArrayList<>();
    Message definition = QueryChaincodeDefinitionArgs.newBuilder().setName("probe").build();
    Message undefined = QueryChaincodeDefinitionArgs.newBuilder().setName("nosuch").build();
    Message all = QueryChaincodeDefinitionsArgs.getDefaultInstance();
    Message readiness =
        CheckCommitReadinessArgs.newBuilder()
            .setName("fresh")
            .setVersion("1")
            .setSequence(1)
            .build();
    Message tooLate =
        CheckCommitReadinessArgs.newBuilder()
            .setName("probe")
            .setVersion("1")
            .setSequence(1)
            .build();
    Message approved = QueryApprovedChaincodeDefinitionArgs.newBuilder().setName("probe").build();
    String packageId = ProbePackages.file("probe_1").id();
    Message one = QueryInstalledChaincodeArgs.newBuilder().setPackageId(packageId).build();
    Message none = QueryInstalledChaincodeArgs.newBuilder().setPackageId("no:such").build();
    Message bytes = GetInstalledChaincodePackageArgs.newBuilder().setPackageId(packageId).build();
    for (Party party : List.of(parties.client(), parties.admin1())) {
      for (String channel : List.of(CHANNEL, "")) {
        drafts.add(Deployment.lifecycle(party, channel, "QueryChaincodeDefinition", definition));
        drafts.add(Deployment.lifecycle(party, channel, "QueryChaincodeDefinition", undefined));
        drafts.add(Deployment.lifecycle(party, channel, "QueryChaincodeDefinitions", all));
        drafts.add(Deployment.lifecycle(party, channel, "CheckCommitReadiness", readiness));
        drafts.add(Deployment.lifecycle(party, channel, "CheckCommitReadiness", tooLate));
        drafts.add(
            Deployment.lifecycle(party, channel, "QueryApprovedChaincodeDefinition", approved));
        drafts.add(Deployment.lifecycle(party, channel, "QueryInstalledChaincode", one));
        drafts.add(Deployment.lifecycle(party, channel, "QueryInstalledChaincode", none));
        drafts.add(Deployment.lifecycle(party, channel, "GetInstalledChaincodePackage", bytes));
        drafts.add(new ProposalBuilder(party, channel, "_lifecycle").args("Nothing").build());
        drafts.add(new ProposalBuilder(party, channel, "_lifecycle").build());
        drafts.add(
            new ProposalBuilder(party, channel, "_lifecycle")
                .args("QueryChaincodeDefinition")
                .arg(garbage())
                .build());
      }
      Deployment wrong = ChainDriver.probe();
      drafts.add(wrong.approve(party, CHANNEL));
      drafts.add(wrong.commit(party, CHANNEL));
    }
    return drafts;
  }
}
