package org.blockraft.testnet;

/**
 * The ports of the local network, those of fabric-samples where it has them.
 *
 * @param shift added to each, so that several networks fit on one machine
 * @param isolated whether each node has an address of its own, see {@link NodeNamespaces}
 * @param namespaces what the names of network namespaces start with
 */
public record NetworkPorts(int shift, boolean isolated, String namespaces) {
  static final NetworkPorts STANDARD = new NetworkPorts(0);

  /** The environment variable with the shift. */
  static final String VARIABLE = "BLOCKRAFT_NETWORK_PORT_SHIFT";

  static final String HOST = "127.0.0.1";

  /** The environment variable with what the names of network namespaces start with. */
  static final String NAMESPACES_VARIABLE = "BLOCKRAFT_NETWORK_NAMESPACES";

  /** Three letters and more fit into the name of a wire with the name of a node. */
  static final String NAMESPACES = "blockraft";

  /** Isolated networks with different shifts have different addresses, mostly. */
  private static final int SUBNETS = 256;

  private static final int FIRST_SUBNET = 77;
  private static final int HUB = 254;

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
  private static final int PROBE = 9997;
  private static final int CHAINCODE_STEP = 10;

  public NetworkPorts(int shift) {
    this(shift, false, NAMESPACES);
  }

  /** The address of everything but nodes. */
  String hub() {
    return isolated ? isolatedAddress(HUB) : HOST;
  }

  private String isolatedAddress(int number) {
    return "10.231.%d.%d".formatted(Math.floorMod(FIRST_SUBNET + shift, SUBNETS), number);
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
        ours ? HOST : hub(),
        "peer-" + org.name(),
        (ours ? FIRST_PEER : STOCK_PEER) + shift,
        (ours ? FIRST_OPERATIONS : STOCK_OPERATIONS) + shift);
  }

  /** One of the nodes that are the peer of our organization together, from 1. */
  PeerPlace node(int number) {
    int step = (number - 1) * NODE_STEP;
    return new PeerPlace(
        isolated ? isolatedAddress(number) : HOST,
        "node" + number,
        FIRST_PEER + step + shift,
        FIRST_OPERATIONS + step + shift);
  }

  /** Where an etcd member, from 1, serves clients; it talks to others one port above. */
  public int etcd(int member) {
    return FIRST_ETCD + 2 * (member - 1) + shift;
  }

  /** The server of a sample chaincode for a node. */
  String chaincode(String sample, int node) {
    int first =
        switch (sample) {
          case "wallet" -> WALLET;
          case "voting" -> VOTING;
          default -> PROBE;
        };
    return hub() + ":" + (first - CHAINCODE_STEP * (node - 1) + shift);
  }
}
