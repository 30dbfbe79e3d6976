package org.blockraft.lifecycle;

/**
 * How many other peers of this organization get the data of its own implicit collections
 * (peer.gossip.pvtData.implicitCollectionDisseminationPolicy).
 *
 * @param mspId this peer's organization
 */
public record ImplicitDissemination(String mspId, int requiredPeerCount, int maxPeerCount) {}
