package org.blockraft.ledger;

import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;

/** The private write sets of one transaction, by its index in its block. */
public record TxPrivateData(int tx, TxPvtReadWriteSet writeSet) {}
