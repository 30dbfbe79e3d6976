package org.blockraft.ledger;

import org.hyperledger.fabric.protos.peer.TxValidationCode;

/** Where a transaction id first occurs in the chain, and the code its transaction got there. */
public record TxPosition(long block, int tx, TxValidationCode code) {}
