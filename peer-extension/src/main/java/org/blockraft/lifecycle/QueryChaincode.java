package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.blockraft.chaincode.SystemChaincode;
import org.blockraft.chaincode.SystemChaincodeCall;
import org.blockraft.identity.AclChecker;
import org.blockraft.identity.IdentityException;
import org.blockraft.ledger.Ledger;
import org.blockraft.ledger.LedgerException;
import org.hyperledger.fabric.protos.peer.Response;

/**
 * The system chaincode {@code qscc}: blocks and transactions of a channel. Safe for use by many
 * threads.
 *
 * <p>Fabric source: core/scc/qscc/query.go.
 */
public final class QueryChaincode implements SystemChaincode {
  private static final String NAME = "qscc";
  private static final BigInteger BLOCK_NUMBER_MAX = BigInteger.TWO.pow(Long.SIZE);

  private final AclChecker acls;
  private final ChannelDirectory channels;

  public QueryChaincode(AclChecker acls, ChannelDirectory channels) {
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
    if (args.size() < 2) {
      return Responses.error("Incorrect number of arguments, " + args.size());
    }
    String function = args.get(0).toStringUtf8();
    String channelId = args.get(1).toStringUtf8();
    String invoked;
    try {
      invoked = InvokedChaincode.name(call.signedProposal().getProposalBytes());
    } catch (LifecycleException e) {
      return Responses.error("Failed to identify the called chaincode: " + e.getMessage());
    }
    if (!invoked.equals(NAME)) {
      return Responses.error(
          "Rejecting invoke of QSCC from another chaincode because of potential for deadlocks, original invocation for '"
              + invoked
              + "'");
    }
    if (!function.equals("GetChainInfo") && args.size() < 3) {
      return Responses.error("missing 3rd argument for " + function);
    }
    Optional<ChannelHandle> channel = channels.channel(channelId);
    if (channel.isEmpty()) {
      return Responses.error("Invalid chain ID, " + channelId);
    }
    try {
      acls.check(NAME + "/" + function, channelId, call.signedProposal());
    } catch (IdentityException e) {
      return Responses.error(
          "access denied for [%s][%s]: [%s]".formatted(function, channelId, e.getMessage()));
    }
    return answer(function, channel.get().ledger(), args);
  }

  private static Response answer(String function, Ledger ledger, List<ByteString> args) {
    return switch (function) {
      case "GetChainInfo" -> query("Failed to get block info with error ", ledger::info);
      case "GetBlockByNumber" -> blockByNumber(ledger, args.get(2).toStringUtf8());
      case "GetBlockByHash" ->
          query(
              "Failed to get block hash " + args.get(2).toStringUtf8() + ", error ",
              () -> ledger.blockByHash(args.get(2).toByteArray()));
      case "GetTransactionByID" -> {
        String txId = args.get(2).toStringUtf8();
        yield query(
            "Failed to get transaction with id " + txId + ", error ",
            () -> ledger.transactionById(txId));
      }
      case "GetBlockByTxID" -> {
        String txId = args.get(2).toStringUtf8();
        yield query(
            "Failed to get block for txID " + txId + ", error ", () -> ledger.blockByTxId(txId));
      }
      default -> Responses.error("Requested function " + function + " not found.");
    };
  }

  private static Response blockByNumber(Ledger ledger, String text) {
    if (!text.chars().allMatch(c -> c >= '0' && c <= '9') || text.isEmpty()) {
      return unparsable(text, "invalid syntax");
    }
    BigInteger number = new BigInteger(text);
    if (number.compareTo(BLOCK_NUMBER_MAX) >= 0) {
      return unparsable(text, "value out of range");
    }
    return query(
        "Failed to get block number " + number + ", error ",
        () -> ledger.blockByNumber(number.longValue()));
  }

  private static Response unparsable(String text, String why) {
    return Responses.error(
        "Failed to parse block number with error strconv.ParseUint: parsing \""
            + text
            + "\": "
            + why);
  }

  private static Response query(String context, Supplier<? extends Message> query) {
    try {
      return Responses.success(query.get().toByteString());
    } catch (LedgerException e) {
      return Responses.error(context + e.getMessage());
    }
  }
}
