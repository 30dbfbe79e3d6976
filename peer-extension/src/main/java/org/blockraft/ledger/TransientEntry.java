package org.blockraft.ledger;

import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;

/** One private write set in the transient store, and the ledger height at which it was received. */
public record TransientEntry(long receivedAtHeight, TxPvtReadWriteSetWithConfigInfo privateData) {}
