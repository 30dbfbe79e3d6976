package org.blockraft.testnet;

/**
 * The ports of the local network, those of fabric-samples where it has them.
 *
 * @param shift added to each, so that several networks fit on one machine
 * @param isolated whether each node has an address of its own, see {@link NodeNamespaces}
 */
public record NetworkPorts(int shift, boolean isolated) {
  static final NetworkPorts STANDARD = new NetworkPorts(0);

  /** The environment variable with the shift. */
  static final String VARIABLE = "BLOCKRAFT_NETWORK_PORT_SHIFT";

  static final String HOST = "127.0.0.1";

  /** Where everything but isolated nodes is; nodes have the first addresses of this network. */
  static final String ISOLATED_HUB = "10.231.77.254";

  private static final String ISOLATED_NODE = "10.231.77.";

  private static final int ORDERER = 7050;
  private static final int ORDERER_ADMIN = 7053;
  private static final int ORDERER_OPERATIONS = 9443;
  private static final int FIRST_PEER = 7051;
  private static final int FIRST_OPERATIONS = 9444;
  private static final int STOCK_PEER = 9051;
  private static final int STOCK_OPERATIONS = 9445;
  private static final int NODE_STEP = 100;
  private static final int FIRST_ETCD = 12379;
  private static final int WALLET = 9999;
  private static final int VOTING = 9998;
  private static final int CHAINCODE_STEP = 10;

  public NetworkPorts(int shift) {
    this(shift, false);
  }

  /** The address of everything but nodes. */
  String hub() {
    return isolated ? ISOLATED_HUB : HOST;
  }

  int orderer() {
    return ORDERER + shift;
  }

  int ordererAdmin() {
    return ORDERER_ADMIN + shift;
  }

  int ordererOperations() {
    return ORDERER_OPERATIONS + shift;
  }

  /** The one process that is the peer of an organization. */
  PeerPlace peer(NetworkFolder.Org org) {
    boolean ours = org.equals(NetworkFolder.ORG1);
    return new PeerPlace(
        HOST,
        "peer-" + org.name(),
        (ours ? FIRST_PEER : STOCK_PEER) + shift,
        (ours ? FIRST_OPERATIONS : STOCK_OPERATIONS) + shift);
  }

  /** One of the nodes that are the peer of our organization together, from 1. */
  PeerPlace node(int number) {
    int step = (number - 1) * NODE_STEP;
    return new PeerPlace(
        isolated ? ISOLATED_NODE + number : HOST,
        "node" + number,
        FIRST_PEER + step + shift,
        FIRST_OPERATIONS + step + shift);
  }

  /** Where an etcd member, from 1, serves clients; it talks to others one port above. */
  int etcd(int member) {
    return FIRST_ETCD + 2 * (member - 1) + shift;
  }

  /** The server of a sample chaincode for a node. */
  String chaincode(String sample, int node) {
    int first = sample.equals("wallet") ? WALLET : VOTING;
    return hub() + ":" + (first - CHAINCODE_STEP * (node - 1) + shift);
  }
}
