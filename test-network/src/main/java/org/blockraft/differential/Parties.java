package org.blockraft.differential;

/**
 * Everybody whose key a generator may use.
 *
 * @param peer1 the peer of Org1; peer2 that of Org2
 * @param otherPeer1 another peer of Org1
 * @param client a client of Org1; client2 one of Org2
 */
record Parties(
    Party peer1,
    Party peer2,
    Party otherPeer1,
    Party client,
    Party otherClient,
    Party client2,
    Party admin1,
    Party admin2,
    Party orderer) {

  static Parties of(DifferentialNetwork network) {
    return new Parties(
        network.node(network.stock1),
        network.node(network.stock2),
        network.node(network.ours),
        network.user(network.stock1, "User1"),
        network.user(network.stock1, "User2"),
        network.user(network.stock2, "User1"),
        network.user(network.stock1, "Admin"),
        network.user(network.stock2, "Admin"),
        Party.load(network.ordererFolder().resolve("msp"), "OrdererMSP"));
  }
}
