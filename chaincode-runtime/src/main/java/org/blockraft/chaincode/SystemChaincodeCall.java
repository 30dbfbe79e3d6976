package org.blockraft.chaincode;

import com.google.protobuf.ByteString;
import java.util.List;
import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * One call of a system chaincode. Immutable.
 *
 * @param channelId the channel of the proposal, empty for a channel-less one
 * @param txId the transaction id
 * @param args the arguments, the function name first
 * @param signedProposal the proposal as received
 * @param simulator the transaction's simulator; null for a channel-less proposal
 * @param invokedDirectly false when another chaincode made the call
 */
public record SystemChaincodeCall(
    String channelId,
    String txId,
    List<ByteString> args,
    SignedProposal signedProposal,
    TransactionSimulator simulator,
    boolean invokedDirectly) {}
