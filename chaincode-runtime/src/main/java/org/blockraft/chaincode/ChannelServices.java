package org.blockraft.chaincode;

import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.peer.ChaincodeInput;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * What executing chaincode asks of the rest of the peer. Implemented by the owner of channels and
 * lifecycle; safe for use by many threads. Every method throws an unchecked exception whose message
 * is stock's text for the failure.
 */
public interface ChannelServices {

  /**
   * Finds the definition of a chaincode, reading it through the simulator so that the reads are in
   * the read set.
   *
   * @param simulator may be null (no channel); the reads then fail with stock's text
   */
  EndorsementInfo resolve(String channelId, String chaincodeName, TransactionSimulator simulator);

  /** Whether the name belongs to a system chaincode. */
  boolean isSystemChaincode(String name);

  /** Applies the ACL peer/ChaincodeToChaincode of the target channel to the proposal's creator. */
  void checkChaincodeToChaincode(String channelId, SignedProposal proposal);

  /**
   * A fresh simulator on the newest state of another channel, whose result the caller throws away
   * and which the caller closes. Null if this peer has no such channel.
   */
  TransactionSimulator otherChannel(String channelId, String txId);

  /**
   * What the proposal's creator may do with the collection, reading the definition through the
   * simulator.
   */
  CollectionAccess collectionAccess(
      String channelId,
      String chaincodeName,
      String collection,
      SignedProposal proposal,
      TransactionSimulator simulator);

  /**
   * Whether key level endorsement (capability V1_3) is on; throws "application config does not
   * exist for x" when there is no such configuration.
   */
  boolean keyLevelEndorsement(String channelId);

  /**
   * Whether purging private data (capability V2_5) is on; throws as {@link #keyLevelEndorsement}.
   */
  boolean purgePvtData(String channelId);

  /**
   * Runs a system chaincode for a chaincode that called it. The transaction's chaincode name is the
   * callee's.
   */
  Response invokeSystemChaincode(String name, TransactionContext tx, ChaincodeInput input);
}
