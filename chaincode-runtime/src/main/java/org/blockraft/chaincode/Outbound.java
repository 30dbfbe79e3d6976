package org.blockraft.chaincode;

import org.hyperledger.fabric.protos.peer.ChaincodeMessage;

/**
 * The peer's half of a stream to a chaincode, whichever side dialed. Two kinds exist, of a gRPC
 * client call and of a gRPC server call; neither is safe for use by more than one thread at a time.
 */
interface Outbound {

  /** Hands a message to gRPC; throws if the stream is over. */
  void send(ChaincodeMessage message);

  /**
   * Ends the stream; the text goes to the chaincode when the peer is the server, as stock's does.
   */
  void end(String reason);
}
