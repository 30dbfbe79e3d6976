package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.blockraft.chaincode.SystemChaincodeCall;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.ApproveChaincodeDefinitionForMyOrgResult;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeEndorsementInfo;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeSource;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeValidationInfo;
import org.hyperledger.fabric.protos.peer.lifecycle.CheckCommitReadinessArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.CheckCommitReadinessResult;
import org.hyperledger.fabric.protos.peer.lifecycle.CommitChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.CommitChaincodeDefinitionResult;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryApprovedChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryApprovedChaincodeDefinitionResult;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryApprovedChaincodeDefinitionsResult;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionResult;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionsResult;
import org.hyperledger.fabric.protos.peer.lifecycle.StateMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of the lifecycle on a channel. Used by one thread.
 *
 * <p>Fabric source: core/chaincode/lifecycle/scc.go Invocation.
 */
final class LifecycleInvocation {
  private static final Logger LOG = LoggerFactory.getLogger("lifecycle");

  private final String mspId;
  private final SystemChaincodeCall call;
  private final ChannelConfig config;
  private final boolean version3;
  private final Definitions definitions;

  /**
   * @param config the channel's configuration; null without a channel
   */
  LifecycleInvocation(
      String mspId, SystemChaincodeCall call, ChannelConfig config, boolean version3) {
    this.mspId = mspId;
    this.call = call;
    this.config = config;
    this.version3 = version3;
    this.definitions =
        new Definitions(
            call.channelId(),
            definition -> ChannelPolicies.withDefaults(config, definition),
            version3);
  }

  Message approve(ApproveChaincodeDefinitionForMyOrgArgs args) {
    requireValid(args.getName(), args.getVersion(), args.getCollections());
    ChaincodeDefinition definition =
        definition(
            args.getSequence(),
            args.getVersion(),
            args.getEndorsementPlugin(),
            args.getInitRequired(),
            args.getValidationPlugin(),
            args.getValidationParameter(),
            CollectionConfigPackage.newBuilder()
                .addAllConfig(args.getCollections().getConfigList())
                .build());
    String packageId =
        args.getSource().getTypeCase() == ChaincodeSource.TypeCase.LOCAL_PACKAGE
            ? args.getSource().getLocalPackage().getPackageId()
            : "";
    definitions.approve(args.getName(), definition, packageId, publicState(), ownState());
    LOG.info(
        "Successfully endorsed chaincode approval with name '{}', package ID '{}', on channel '{}'"
            + " with sequence {}",
        args.getName(),
        packageId,
        call.channelId(),
        args.getSequence());
    return ApproveChaincodeDefinitionForMyOrgResult.getDefaultInstance();
  }

  Message queryApproved(QueryApprovedChaincodeDefinitionArgs args) {
    NoState none = new NoState(call.txId());
    boolean channel = call.simulator() != null;
    ApprovedDefinition approved =
        definitions.queryApproved(
            args.getName(),
            args.getSequence(),
            channel ? publicState() : none,
            channel ? ownState() : none);
    ChaincodeDefinition definition = approved.definition();
    return QueryApprovedChaincodeDefinitionResult.newBuilder()
        .setSequence(definition.sequence())
        .setVersion(definition.version())
        .setEndorsementPlugin(definition.endorsementInfo().getEndorsementPlugin())
        .setValidationPlugin(definition.validationInfo().getValidationPlugin())
        .setValidationParameter(definition.validationInfo().getValidationParameter())
        .setInitRequired(definition.endorsementInfo().getInitRequired())
        .setCollections(definition.collections())
        .setSource(approved.source())
        .build();
  }

  Message queryAllApproved() {
    SortedMap<String, ApprovedDefinition> all =
        call.simulator() == null
            ? definitions.queryAllApproved(new NoState(call.txId()))
            : definitions.queryAllApproved(ownState());
    QueryApprovedChaincodeDefinitionsResult.Builder result =
        QueryApprovedChaincodeDefinitionsResult.newBuilder();
    all.forEach(
        (privateName, approved) -> {
          ChaincodeDefinition definition = approved.definition();
          result
              .addApprovedChaincodeDefinitionsBuilder()
              .setName(ApprovalName.parse(privateName).chaincode())
              .setSequence(definition.sequence())
              .setVersion(definition.version())
              .setEndorsementPlugin(definition.endorsementInfo().getEndorsementPlugin())
              .setValidationPlugin(definition.validationInfo().getValidationPlugin())
              .setValidationParameter(definition.validationInfo().getValidationParameter())
              .setInitRequired(definition.endorsementInfo().getInitRequired())
              .setCollections(definition.collections())
              .setSource(approved.source());
        });
    return result.build();
  }

  Message checkCommitReadiness(CheckCommitReadinessArgs args) {
    List<SimulatedCollection> orgStates = orgStates();
    ChaincodeDefinition definition =
        definition(
            args.getSequence(),
            args.getVersion(),
            args.getEndorsementPlugin(),
            args.getInitRequired(),
            args.getValidationPlugin(),
            args.getValidationParameter(),
            args.getCollections());
    Definitions.Readiness readiness =
        definitions.checkCommitReadiness(args.getName(), definition, publicState(), orgStates);
    CheckCommitReadinessResult.Builder result =
        CheckCommitReadinessResult.newBuilder().putAllApprovals(readiness.approvals());
    if (version3) {
      readiness
          .mismatchesByOrg()
          .forEach(
              (org, mismatches) -> {
                if (!mismatches.isEmpty()) {
                  result.putMismatches(
                      org,
                      CheckCommitReadinessResult.Mismatches.newBuilder()
                          .addAllItems(mismatches)
                          .build());
                }
              });
    }
    return result.build();
  }

  Message commit(CommitChaincodeDefinitionArgs args) {
    requireValid(args.getName(), args.getVersion(), args.getCollections());
    List<SimulatedCollection> orgStates = orgStates();
    if (!ChannelPolicies.mspIds(config).contains(mspId)) {
      throw new LifecycleException(
          "impossibly, this peer's org is processing requests for a channel it is not a member of");
    }
    ChaincodeDefinition definition =
        definition(
            args.getSequence(),
            args.getVersion(),
            args.getEndorsementPlugin(),
            args.getInitRequired(),
            args.getValidationPlugin(),
            args.getValidationParameter(),
            args.getCollections());
    Definitions.Readiness readiness =
        definitions.commit(args.getName(), definition, publicState(), orgStates);
    if (!readiness.approvedBy(mspId)) {
      throw new LifecycleException(
          "chaincode definition not agreed to by this org (" + mspId + ")");
    }
    LOG.info(
        "Successfully endorsed commit for chaincode name '{}' on channel '{}' with sequence {}",
        args.getName(),
        call.channelId(),
        args.getSequence());
    return CommitChaincodeDefinitionResult.getDefaultInstance();
  }

  Message query(QueryChaincodeDefinitionArgs args) {
    ChaincodeDefinition definition = Definitions.query(args.getName(), publicState());
    Definitions.Readiness readiness =
        definitions.readiness(args.getName(), definition, orgStates());
    return QueryChaincodeDefinitionResult.newBuilder()
        .setSequence(definition.sequence())
        .setVersion(definition.version())
        .setEndorsementPlugin(definition.endorsementInfo().getEndorsementPlugin())
        .setValidationPlugin(definition.validationInfo().getValidationPlugin())
        .setValidationParameter(definition.validationInfo().getValidationParameter())
        .setInitRequired(definition.endorsementInfo().getInitRequired())
        .setCollections(definition.collections())
        .putAllApprovals(readiness.approvals())
        .build();
  }

  Message queryAll() {
    SimulatedNamespace publicState = publicState();
    SortedMap<String, StateMetadata> namespaces;
    try {
      namespaces = StateSerializer.allMetadata(StateSerializer.NAMESPACES, publicState);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(e, "could not query namespace metadata");
    }
    QueryChaincodeDefinitionsResult.Builder result = QueryChaincodeDefinitionsResult.newBuilder();
    namespaces.forEach(
        (name, metadata) -> {
          if (metadata.getDatatype().equals(ChaincodeDefinition.DEFINITION_TYPE)) {
            ChaincodeDefinition definition = Definitions.query(name, publicState);
            result
                .addChaincodeDefinitionsBuilder()
                .setName(name)
                .setSequence(definition.sequence())
                .setVersion(definition.version())
                .setEndorsementPlugin(definition.endorsementInfo().getEndorsementPlugin())
                .setValidationPlugin(definition.validationInfo().getValidationPlugin())
                .setValidationParameter(definition.validationInfo().getValidationParameter())
                .setInitRequired(definition.endorsementInfo().getInitRequired())
                .setCollections(definition.collections());
          }
        });
    return result.build();
  }

  private static ChaincodeDefinition definition(
      long sequence,
      String version,
      String endorsementPlugin,
      boolean initRequired,
      String validationPlugin,
      ByteString validationParameter,
      CollectionConfigPackage collections) {
    return new ChaincodeDefinition(
        sequence,
        ChaincodeEndorsementInfo.newBuilder()
            .setVersion(version)
            .setEndorsementPlugin(endorsementPlugin)
            .setInitRequired(initRequired)
            .build(),
        ChaincodeValidationInfo.newBuilder()
            .setValidationPlugin(validationPlugin)
            .setValidationParameter(validationParameter)
            .build(),
        collections);
  }

  private void requireValid(String name, String version, CollectionConfigPackage collections) {
    try {
      DefinitionRules.requireName(name);
      DefinitionRules.requireVersion(version);
      DefinitionRules.requireStatic(collections);
      if (config == null) {
        throw new LifecycleException(
            "could not get channelconfig for channel '" + call.channelId() + "'");
      }
      DefinitionRules.requireCollections(collections, config.msps());
      DefinitionRules.requireKept(collections.getConfigList(), committedCollections(name));
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(e, "error validating chaincode definition");
    }
  }

  /** The explicit collections of the committed definition, whichever lifecycle it stems from. */
  private CollectionConfigPackage committedCollections(String name) {
    try {
      Optional<ChaincodeDefinition> committed =
          DeployedChaincodes.definition(
              name, new SimulatedNamespace(simulator(), DeployedChaincodes.LIFECYCLE, false));
      if (committed.isPresent()) {
        return committed.get().collections();
      }
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(
          e,
          "could not retrieve committed definition for chaincode '"
              + name
              + "': could not get info about chaincode");
    }
    try {
      SimulatedNamespace lscc =
          new SimulatedNamespace(simulator(), LegacyDefinitions.NAMESPACE, false);
      return LegacyDefinitions.find(name, lscc).isPresent()
          ? LegacyDefinitions.collections(name, lscc)
              .orElse(CollectionConfigPackage.getDefaultInstance())
          : CollectionConfigPackage.getDefaultInstance();
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(
          e, "could not retrieve committed definition for chaincode '" + name + "'");
    }
  }

  private SimulatedNamespace publicState() {
    return new SimulatedNamespace(simulator(), DeployedChaincodes.LIFECYCLE, true);
  }

  private SimulatedCollection ownState() {
    return new SimulatedCollection(simulator(), ImplicitCollections.nameFor(mspId));
  }

  private List<SimulatedCollection> orgStates() {
    if (config == null) {
      throw new LifecycleException("no application config for channel '" + call.channelId() + "'");
    }
    TransactionSimulator simulator = simulator();
    return ChannelPolicies.mspIds(config).stream()
        .map(org -> new SimulatedCollection(simulator, ImplicitCollections.nameFor(org)))
        .toList();
  }

  private TransactionSimulator simulator() {
    if (call.simulator() == null) {
      throw new LifecycleException("no ledger context");
    }
    return call.simulator();
  }
}
