package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.util.Optional;
import java.util.function.Function;
import org.blockraft.chaincode.ChaincodeException;
import org.blockraft.chaincode.InstalledPackage;
import org.blockraft.chaincode.PackageStore;
import org.blockraft.chaincode.SystemChaincode;
import org.blockraft.chaincode.SystemChaincodeCall;
import org.blockraft.identity.AclChecker;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.Malformed;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.CheckCommitReadinessArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.CommitChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.GetInstalledChaincodePackageArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.InstallChaincodeArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryApprovedChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryApprovedChaincodeDefinitionsArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionsArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryInstalledChaincodeArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryInstalledChaincodesArgs;

/**
 * The system chaincode {@code _lifecycle}: installs packages, and approves, commits and tells
 * definitions. Safe for use by many threads.
 *
 * <p>Fabric source: core/chaincode/lifecycle/scc.go.
 */
public final class LifecycleChaincode implements SystemChaincode {
  private static final String SINCE_3_1 = "QueryApprovedChaincodeDefinitions";
  private static final String UNAUTHORIZED =
      "Failed to authorize invocation due to failed ACL check: ";

  private static final int ARGUMENTS = 2;

  private final String mspId;
  private final AclChecker acls;
  private final ChannelDirectory channels;
  private final InstalledPackages packages;
  private final boolean version3;

  /**
   * @param mspId this peer's organization
   * @param install keeps and builds a package, {@code ChaincodeRuntime::install}
   * @param version3 whether to follow Fabric 3.1 where it differs from 2.5
   */
  public LifecycleChaincode(
      String mspId,
      AclChecker acls,
      ChannelDirectory channels,
      PackageStore store,
      Function<ByteString, InstalledPackage> install,
      DefinitionCache cache,
      boolean version3) {
    this.mspId = mspId;
    this.acls = acls;
    this.channels = channels;
    this.packages = new InstalledPackages(store, install, cache);
    this.version3 = version3;
  }

  @Override
  public String name() {
    return DeployedChaincodes.LIFECYCLE;
  }

  @Override
  public Response invoke(SystemChaincodeCall call) {
    if (call.args().isEmpty()) {
      return Responses.error("lifecycle scc must be invoked with arguments");
    }
    if (call.args().size() != ARGUMENTS) {
      return Responses.error(
          "lifecycle scc operations require exactly two arguments but received "
              + call.args().size());
    }
    String channelId = call.channelId();
    ChannelConfig config = null;
    if (!channelId.isEmpty()) {
      Optional<ChannelHandle> channel = channels.channel(channelId);
      if (channel.isEmpty()) {
        return Responses.error("could not get channelconfig for channel '" + channelId + "'");
      }
      config = channel.get().config();
      if (!config.hasApplication()) {
        return Responses.error("could not get application config for channel '" + channelId + "'");
      }
      if (!config.application().lifecycleV20()) {
        return Responses.error(
            "cannot use new lifecycle for channel '"
                + channelId
                + "' as it does not have the required capabilities enabled");
      }
    }
    String function = call.args().getFirst().toStringUtf8();
    if (!version3 && function.equals(SINCE_3_1)) { // to 2.5 it is a resource like any unknown one
      return Responses.error(UNAUTHORIZED + "Unmapped policy for _lifecycle/" + SINCE_3_1);
    }
    try {
      acls.check(DeployedChaincodes.LIFECYCLE + "/" + function, channelId, call.signedProposal());
    } catch (IdentityException e) {
      return Responses.error(UNAUTHORIZED + e.getMessage());
    }
    return dispatch(call, function, config);
  }

  /** Answers a call whose caller has access. */
  Response dispatch(SystemChaincodeCall call, String function, ChannelConfig config) {
    try {
      Message result =
          result(
              function, call.args().get(1), new LifecycleInvocation(mspId, call, config, version3));
      return Responses.success(result.toByteString());
    } catch (NamespaceNotDefined e) {
      return Responses.notFound(e.getMessage());
    } catch (LifecycleException | ChaincodeException e) {
      return Responses.error(
          "failed to invoke backing implementation of '" + function + "': " + e.getMessage());
    }
  }

  private Message result(String function, ByteString args, LifecycleInvocation invocation) {
    return switch (function) {
      case "InstallChaincode" ->
          packages.install(parse(function, InstallChaincodeArgs.parser(), args));
      case "QueryInstalledChaincode" ->
          packages.query(parse(function, QueryInstalledChaincodeArgs.parser(), args));
      case "QueryInstalledChaincodes" -> {
        parse(function, QueryInstalledChaincodesArgs.parser(), args);
        yield packages.queryAll();
      }
      case "GetInstalledChaincodePackage" ->
          packages.get(parse(function, GetInstalledChaincodePackageArgs.parser(), args));
      case "ApproveChaincodeDefinitionForMyOrg" ->
          invocation.approve(
              parse(function, ApproveChaincodeDefinitionForMyOrgArgs.parser(), args));
      case "QueryApprovedChaincodeDefinition" ->
          invocation.queryApproved(
              parse(function, QueryApprovedChaincodeDefinitionArgs.parser(), args));
      case "CheckCommitReadiness" ->
          invocation.checkCommitReadiness(parse(function, CheckCommitReadinessArgs.parser(), args));
      case "CommitChaincodeDefinition" ->
          invocation.commit(parse(function, CommitChaincodeDefinitionArgs.parser(), args));
      case "QueryChaincodeDefinition" ->
          invocation.query(parse(function, QueryChaincodeDefinitionArgs.parser(), args));
      case "QueryChaincodeDefinitions" -> {
        parse(function, QueryChaincodeDefinitionsArgs.parser(), args);
        yield invocation.queryAll();
      }
      case SINCE_3_1 -> {
        if (!version3) {
          throw unknown(function);
        }
        parse(function, QueryApprovedChaincodeDefinitionsArgs.parser(), args);
        yield invocation.queryAllApproved();
      }
      default -> throw unknown(function);
    };
  }

  private static LifecycleException unknown(String function) {
    return new LifecycleException("receiver *lifecycle.Invocation." + function + " does not exist");
  }

  private static <M extends Message> M parse(String function, Parser<M> parser, ByteString args) {
    try {
      return parser.parseFrom(args);
    } catch (InvalidProtocolBufferException e) {
      throw new LifecycleException(
          "could not decode input arg for *lifecycle.Invocation."
              + function
              + ": "
              + Malformed.text(e),
          e);
    }
  }
}
