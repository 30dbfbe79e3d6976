package org.blockraft.chaincode;

import org.hyperledger.fabric.protos.peer.Response;

/** A chaincode that is part of the peer. Safe for use by many threads. */
public interface SystemChaincode {

  /** The name clients call it by, e.g. "qscc". */
  String name();

  /** Executes one call and answers with a status, never with an exception for bad input. */
  Response invoke(SystemChaincodeCall call);
}
