package org.blockraft.chaincode;

import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * Everything one execution of a chaincode needs to know of its transaction. Immutable; the
 * simulator is used by the executing thread alone.
 *
 * @param channelId the channel, empty for a channel-less proposal
 * @param txId the transaction id
 * @param signedProposal the proposal as received; sent on to the chaincode
 * @param proposal the parsed proposal; null if there is none, then the chaincode is not sent the
 *     signed proposal either
 * @param chaincodeName the name of the chaincode to execute, which is the namespace of its state
 * @param simulator the simulator of the transaction; null for a channel-less proposal
 * @param services what the peer knows of channels and system chaincodes
 */
public record TransactionContext(
    String channelId,
    String txId,
    SignedProposal signedProposal,
    Proposal proposal,
    String chaincodeName,
    TransactionSimulator simulator,
    ChannelServices services) {

  /** The same transaction, continued in another chaincode and perhaps another channel. */
  TransactionContext callee(String channel, String name, TransactionSimulator calleeSimulator) {
    return new TransactionContext(
        channel, txId, signedProposal, proposal, name, calleeSimulator, services);
  }
}
