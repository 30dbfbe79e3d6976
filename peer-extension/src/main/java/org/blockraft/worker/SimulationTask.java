package org.blockraft.worker;

import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * One proposal to simulate and endorse.
 *
 * @param proposal as the client sent it
 * @param channelId the channel it is for; empty when it names none or cannot be parsed (then the
 *     worker's own checks say so)
 * @param filtered whether the filters that stand before the Endorser service apply; they do not to
 *     what comes through the gateway of a 2.5 peer
 * @param minimumHeight the least height of the channel that the worker may simulate on
 */
public record SimulationTask(
    SignedProposal proposal, String channelId, boolean filtered, long minimumHeight) {}
