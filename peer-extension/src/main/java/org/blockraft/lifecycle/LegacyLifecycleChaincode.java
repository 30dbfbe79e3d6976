package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Map;
import org.blockraft.chaincode.SystemChaincode;
import org.blockraft.chaincode.SystemChaincodeCall;
import org.blockraft.identity.AclChecker;
import org.blockraft.identity.IdentityException;
import org.blockraft.simulation.RangeResults;
import org.blockraft.simulation.SimulationException;
import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.ledger.queryresult.KV;
import org.hyperledger.fabric.protos.peer.ChaincodeData;
import org.hyperledger.fabric.protos.peer.ChaincodeInfo;
import org.hyperledger.fabric.protos.peer.ChaincodeQueryResponse;
import org.hyperledger.fabric.protos.peer.Response;

/**
 * The system chaincode {@code lscc}, as far as it answers questions about chaincode that was
 * instantiated before Fabric 2.0. Nothing is installed or deployed with it here. Safe for use by
 * many threads.
 *
 * <p>Fabric source: core/scc/lscc/lscc.go.
 */
public final class LegacyLifecycleChaincode implements SystemChaincode {
  private static final String NAME = LegacyDefinitions.NAMESPACE;

  /** What a chaincode's empty start key stands for. */
  private static final String FIRST_KEY = "\u0001";

  private static final Map<String, String> RESOURCES_BY_FUNCTION =
      Map.of(
          "getid", "lscc/ChaincodeExists",
          "ChaincodeExists", "lscc/ChaincodeExists",
          "getdepspec", "lscc/GetDeploymentSpec",
          "GetDeploymentSpec", "lscc/GetDeploymentSpec",
          "getccdata", "lscc/GetChaincodeData",
          "GetChaincodeData", "lscc/GetChaincodeData");

  private final AclChecker acls;
  private final ChannelDirectory channels;

  public LegacyLifecycleChaincode(AclChecker acls, ChannelDirectory channels) {
    this.acls = acls;
    this.channels = channels;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Response invoke(SystemChaincodeCall call) {
    List<ByteString> args = call.args();
    if (args.isEmpty()) {
      return wrongNumber(args);
    }
    String function = args.getFirst().toStringUtf8();
    try {
      return switch (function) {
        case "install" -> install(call, function);
        case "deploy", "upgrade" -> deploy(args);
        case "getid",
            "ChaincodeExists",
            "getdepspec",
            "GetDeploymentSpec",
            "getccdata",
            "GetChaincodeData" ->
            chaincode(call, function);
        case "getchaincodes", "GetChaincodes" -> chaincodes(call, function);
        case "getinstalledchaincodes", "GetInstalledChaincodes" -> installed(call, function);
        case "getcollectionsconfig", "GetCollectionsConfig" -> collections(call, function);
        default -> Responses.error("invalid function to lscc: " + function);
      };
    } catch (SimulationException | LifecycleException e) {
      return Responses.error(e.getMessage());
    }
  }

  private static Response wrongNumber(List<ByteString> args) {
    return Responses.error("invalid number of arguments to lscc: " + args.size());
  }

  private Response install(SystemChaincodeCall call, String function) {
    if (call.args().size() < 2) {
      return wrongNumber(call.args());
    }
    String refusal = refusal("lscc/Install", "", call, "[%s]".formatted(function));
    return refusal.isEmpty() ? Responses.error(notHere(function)) : Responses.error(refusal);
  }

  private Response deploy(List<ByteString> args) {
    if (args.size() < 3) {
      return wrongNumber(args);
    }
    String channelId = args.get(1).toStringUtf8();
    boolean migrated =
        channels
            .channel(channelId)
            .map(channel -> channel.config().application().lifecycleV20())
            .orElse(false);
    return Responses.error(
        migrated
            ? "Channel '%s' has been migrated to the new lifecycle, LSCC is now read-only"
                .formatted(channelId)
            : notHere(args.getFirst().toStringUtf8()));
  }

  private static String notHere(String function) {
    return "this peer does not %s chaincode with the lifecycle before Fabric 2.0"
        .formatted(function);
  }

  private Response chaincode(SystemChaincodeCall call, String function) {
    if (call.args().size() != 3) {
      return wrongNumber(call.args());
    }
    String channelId = call.args().get(1).toStringUtf8();
    String name = call.args().get(2).toStringUtf8();
    String refusal =
        refusal(
            RESOURCES_BY_FUNCTION.get(function),
            channelId,
            call,
            "[%s][%s]".formatted(function, channelId));
    if (!refusal.isEmpty()) {
      return Responses.error(refusal);
    }
    byte[] bytes = simulator(call).getState(NAME, name);
    if (bytes == null) {
      return Responses.error("could not find chaincode with name '%s'".formatted(name));
    }
    return switch (function) {
      case "getccdata", "GetChaincodeData" -> Responses.success(ByteString.copyFrom(bytes));
      case "getid", "ChaincodeExists" -> existing(name, bytes);
      default -> Responses.error(notHere("keep"));
    };
  }

  private static Response existing(String name, byte[] bytes) {
    try {
      String stored = ChaincodeData.parseFrom(bytes).getName();
      return stored.equals(name)
          ? Responses.success(ByteString.copyFromUtf8(name))
          : Responses.error("chaincode name mismatch: %s!=%s".formatted(name, stored));
    } catch (InvalidProtocolBufferException e) {
      return Responses.error("error while marshalling: " + name);
    }
  }

  private Response chaincodes(SystemChaincodeCall call, String function) {
    if (call.args().size() != 1) {
      return wrongNumber(call.args());
    }
    String refusal =
        refusal(
            "lscc/GetInstantiatedChaincodes",
            call.channelId(),
            call,
            "[%s][%s]".formatted(function, call.channelId()));
    if (!refusal.isEmpty()) {
      return Responses.error(refusal);
    }
    ChaincodeQueryResponse.Builder found = ChaincodeQueryResponse.newBuilder();
    try (RangeResults rows = simulator(call).getStateRange(NAME, FIRST_KEY, "")) {
      for (KV row = rows.next(); row != null; row = rows.next()) {
        if (!row.getKey().contains("~")) {
          ChaincodeData data = ChaincodeData.parseFrom(row.getValue());
          found.addChaincodes(
              ChaincodeInfo.newBuilder()
                  .setName(data.getName())
                  .setVersion(data.getVersion())
                  .setEscc(data.getEscc())
                  .setVscc(data.getVscc()));
        }
      }
    } catch (InvalidProtocolBufferException e) {
      return Responses.error("proto: cannot parse invalid wire-format data");
    }
    return Responses.success(found.build().toByteString());
  }

  private Response installed(SystemChaincodeCall call, String function) {
    if (call.args().size() != 1) {
      return wrongNumber(call.args());
    }
    String refusal = refusal("lscc/GetInstalledChaincodes", "", call, "[%s]".formatted(function));
    return refusal.isEmpty() ? Responses.success(ByteString.EMPTY) : Responses.error(refusal);
  }

  private Response collections(SystemChaincodeCall call, String function) {
    if (call.args().size() != 2) {
      return wrongNumber(call.args());
    }
    String name = call.args().get(1).toStringUtf8();
    String refusal =
        refusal("lscc/GetCollectionsConfig", call.channelId(), call, "[%s]".formatted(function));
    if (!refusal.isEmpty()) {
      return Responses.error(refusal);
    }
    byte[] bytes = simulator(call).getState(NAME, LegacyDefinitions.collectionsKey(name));
    return bytes == null
        ? Responses.error("collections config not defined for chaincode " + name)
        : Responses.success(ByteString.copyFrom(bytes));
  }

  private static TransactionSimulator simulator(SystemChaincodeCall call) {
    if (call.simulator() == null) {
      throw new LifecycleException("GET_STATE failed: no ledger context");
    }
    return call.simulator();
  }

  /** Why the caller may not, empty if he may. */
  private String refusal(
      String resource, String channelId, SystemChaincodeCall call, String subject) {
    try {
      acls.check(resource, channelId, call.signedProposal());
      return "";
    } catch (IdentityException e) {
      return "access denied for %s: %s".formatted(subject, e.getMessage());
    }
  }
}
