package org.blockraft.ledger;

import org.hyperledger.fabric.protos.peer.TxValidationCode;

/** The outcome of one transaction id: what the gateway's CommitStatus answers. */
public record TxStatus(String txId, TxValidationCode code, long block) {}
