package org.blockraft.simulation;

import com.google.protobuf.ByteString;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;

/**
 * Outcome of a simulation.
 *
 * @param publicRwset bytes of the TxReadWriteSet: public reads and writes, and hashes of private
 *     ones
 * @param privateRwset private writes, null if there are none
 * @param facts what decides about further endorsements
 * @param simulationHeight number of blocks in the state that was read
 */
public record SimulationResult(
    ByteString publicRwset,
    TxPvtReadWriteSet privateRwset,
    SimulationFacts facts,
    long simulationHeight) {}
