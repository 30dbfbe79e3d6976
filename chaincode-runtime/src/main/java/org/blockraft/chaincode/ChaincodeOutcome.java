package org.blockraft.chaincode;

import org.hyperledger.fabric.protos.peer.ChaincodeEvent;
import org.hyperledger.fabric.protos.peer.Response;

/**
 * What a chaincode answered to one transaction. Immutable.
 *
 * @param response the chaincode's response, with whatever status it chose
 * @param event the event it set, already carrying chaincode name and transaction id; null if none
 */
public record ChaincodeOutcome(Response response, ChaincodeEvent event) {}
