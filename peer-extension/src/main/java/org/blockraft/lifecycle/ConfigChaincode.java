package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Optional;
import org.blockraft.chaincode.SystemChaincode;
import org.blockraft.chaincode.SystemChaincodeCall;
import org.blockraft.identity.AclChecker;
import org.blockraft.identity.IdentityException;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.intake.BlockRejected;
import org.blockraft.ledger.Ledger;
import org.blockraft.ledger.LedgerException;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.peer.ChannelInfo;
import org.hyperledger.fabric.protos.peer.ChannelQueryResponse;
import org.hyperledger.fabric.protos.peer.JoinBySnapshotStatus;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The system chaincode {@code cscc}: joins channels and tells their configuration. Safe for use by
 * many threads.
 *
 * <p>Fabric source: core/scc/cscc/configure.go.
 */
public final class ConfigChaincode implements SystemChaincode {
  private static final String NAME = "cscc";
  private static final Logger LOG = LoggerFactory.getLogger("cscc");

  private final AclChecker acls;
  private final ChannelDirectory channels;

  public ConfigChaincode(AclChecker acls, ChannelDirectory channels) {
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
      return Responses.error("Incorrect number of arguments, 0");
    }
    String function = args.getFirst().toStringUtf8();
    boolean argumentNeeded =
        !function.equals("GetChannels") && !function.equals("JoinBySnapshotStatus");
    if (argumentNeeded && args.size() < 2) {
      return Responses.error("Incorrect number of arguments, " + args.size());
    }
    SignedProposal proposal = call.signedProposal();
    String invoked;
    try {
      invoked = InvokedChaincode.name(proposal.getProposalBytes());
    } catch (LifecycleException e) {
      return Responses.error("Failed to identify the called chaincode: " + e.getMessage());
    }
    if (!invoked.equals(NAME)) {
      return Responses.error(
          "Rejecting invoke of CSCC from another chaincode, original invocation for '"
              + invoked
              + "'");
    }
    return switch (function) {
      case "JoinChain" -> join(args.get(1), proposal);
      case "JoinChainBySnapshot" -> joinBySnapshot(args.get(1), proposal);
      case "JoinBySnapshotStatus" -> snapshotStatus(proposal);
      case "GetConfigBlock" -> configBlock(args.get(1).toStringUtf8(), proposal);
      case "GetChannelConfig" -> channelConfig(args.get(1).toStringUtf8(), proposal);
      case "GetChannels" -> channels(proposal);
      default -> Responses.error("Requested function " + function + " not found.");
    };
  }

  private Response join(ByteString bytes, SignedProposal proposal) {
    Block block;
    try {
      block = Block.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return Responses.error(
          "Failed to reconstruct the genesis block, error unmarshalling Block: proto: cannot parse invalid wire-format data");
    }
    String channelId;
    try {
      channelId = GenesisBlocks.channelId(block);
    } catch (LifecycleException e) {
      return Responses.error(
          "\"JoinChain\" request failed to extract channel id from the block due to ["
              + e.getMessage()
              + "]");
    }
    try {
      GenesisBlocks.requireConfig(block);
    } catch (LifecycleException e) {
      return Responses.error(
          "\"JoinChain\" for channelID = "
              + channelId
              + " failed because of validation of configuration block, because of "
              + e.getMessage());
    }
    try {
      acls.check("cscc/JoinChain", "", proposal);
    } catch (IdentityException e) {
      return Responses.error(
          "access denied for [JoinChain][%s]: [%s]".formatted(channelId, e.getMessage()));
    }
    return join(channelId, GenesisBlocks.markedValid(block));
  }

  private Response join(String channelId, Block block) {
    try {
      channels.join(block);
      return Responses.success(ByteString.EMPTY);
    } catch (LedgerException e) {
      return Responses.error("cannot create ledger from genesis block: " + e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("Cannot join channel {}", channelId, e);
      return Responses.error(String.valueOf(e.getMessage()));
    }
  }

  private Response joinBySnapshot(ByteString directory, SignedProposal proposal) {
    if (directory.isEmpty()) {
      return Responses.error("Cannot join the channel, no snapshot directory provided");
    }
    try {
      acls.check("cscc/JoinChainBySnapshot", "", proposal);
    } catch (IdentityException e) {
      return Responses.error("access denied for [JoinChainBySnapshot]: [" + e.getMessage() + "]");
    }
    return Responses.error(
        "cannot create ledger from snapshot "
            + directory.toStringUtf8()
            + ": joining by snapshot is not supported");
  }

  private Response snapshotStatus(SignedProposal proposal) {
    try {
      acls.check("cscc/JoinBySnapshotStatus", "", proposal);
    } catch (IdentityException e) {
      return Responses.error("access denied for [JoinBySnapshotStatus]: " + e.getMessage());
    }
    return Responses.success(JoinBySnapshotStatus.getDefaultInstance().toByteString());
  }

  private Response configBlock(String channelId, SignedProposal proposal) {
    Response denied = denied("GetConfigBlock", channelId, proposal);
    if (denied != null) {
      return denied;
    }
    Optional<ChannelHandle> channel = channels.channel(channelId);
    if (channel.isEmpty()) {
      return Responses.error("Unknown channel ID, " + channelId);
    }
    try {
      Ledger ledger = channel.get().ledger();
      Block last = ledger.blockByNumber(ledger.height() - 1);
      Block config = ledger.blockByNumber(BlockHeaders.lastConfigIndex(last));
      return Responses.success(config.toByteString());
    } catch (LedgerException | BlockRejected e) {
      return Responses.error(e.getMessage());
    }
  }

  private Response channelConfig(String channelId, SignedProposal proposal) {
    if (channelId.isEmpty()) {
      return Responses.error("empty channel name provided");
    }
    Response denied = denied("GetChannelConfig", channelId, proposal);
    if (denied != null) {
      return denied;
    }
    return channels
        .channel(channelId)
        .map(channel -> Responses.success(channel.config().config().toByteString()))
        .orElseGet(() -> Responses.error("unknown channel ID, " + channelId));
  }

  private Response denied(String function, String channelId, SignedProposal proposal) {
    try {
      acls.check(NAME + "/" + function, channelId, proposal);
      return null;
    } catch (IdentityException e) {
      return Responses.error(
          "access denied for [%s][%s]: %s".formatted(function, channelId, e.getMessage()));
    }
  }

  private Response channels(SignedProposal proposal) {
    try {
      acls.check("cscc/GetChannels", "", proposal);
    } catch (IdentityException e) {
      return Responses.error("access denied for [GetChannels]: " + e.getMessage());
    }
    ChannelQueryResponse.Builder response = ChannelQueryResponse.newBuilder();
    for (String id : channels.ids()) {
      response.addChannels(ChannelInfo.newBuilder().setChannelId(id));
    }
    return Responses.success(response.build().toByteString());
  }
}
