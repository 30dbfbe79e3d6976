package org.blockraft.bench;

import org.blockraft.testnet.NetworkException;

/**
 * A peer to be measured.
 *
 * @param isStock whether it is the stock program
 * @param nodes processes that it has
 */
record Contestant(boolean isStock, int nodes) {
  private static final int NODES_MAX = 7;

  static final Contestant STOCK = new Contestant(true, 1);

  /** Of {@code stock} or a number of nodes. */
  static Contestant of(String text) {
    if (text.equals("stock")) {
      return STOCK;
    }
    try {
      int nodes = Integer.parseInt(text);
      if (nodes >= 1 && nodes <= NODES_MAX) {
        return new Contestant(false, nodes);
      }
    } catch (NumberFormatException e) {
      throw new NetworkException("neither stock nor a number of nodes: " + text);
    }
    throw new NetworkException("a peer has 1 to " + NODES_MAX + " nodes, not " + text);
  }

  boolean isCluster() {
    return nodes > 1;
  }

  String title() {
    return isStock ? "stock" : nodes == 1 ? "1 node" : nodes + " nodes";
  }
}
