package org.blockraft.bench;

import org.blockraft.testnet.NetworkException;

/**
 * A peer to be measured, or as many peers of one node each that know nothing of each other: what
 * those reach together is all that the machine allows a peer of that many nodes.
 *
 * @param kind of program and how its processes go together
 * @param nodes processes that it has
 */
record Contestant(Kind kind, int nodes) {
  /** How the processes go together. */
  enum Kind {
    /** The stock program, one process. */
    STOCK,
    /** One peer, whatever the number of its nodes. */
    PEER,
    /** Peers of one node each. */
    APART
  }

  private static final int NODES_MAX = 7;
  private static final String APART_SUFFIX = "x1";

  static final Contestant STOCK = new Contestant(Kind.STOCK, 1);

  /** Of {@code stock}, a number of nodes, or that number followed by {@code x1}. */
  static Contestant of(String text) {
    if (text.equals("stock")) {
      return STOCK;
    }
    boolean apart = text.endsWith(APART_SUFFIX);
    String number = apart ? text.substring(0, text.length() - APART_SUFFIX.length()) : text;
    try {
      int nodes = Integer.parseInt(number);
      if (nodes >= 1 && nodes <= NODES_MAX) {
        return new Contestant(apart ? Kind.APART : Kind.PEER, nodes);
      }
    } catch (NumberFormatException e) {
      throw new NetworkException("neither stock nor a number of nodes: " + text);
    }
    throw new NetworkException("a peer has 1 to " + NODES_MAX + " nodes, not " + number);
  }

  boolean isStock() {
    return kind == Kind.STOCK;
  }

  boolean isApart() {
    return kind == Kind.APART;
  }

  boolean isCluster() {
    return kind == Kind.PEER && nodes > 1;
  }

  /** Whether it is the one node that others are compared with. */
  boolean isOneNode() {
    return kind == Kind.PEER && nodes == 1;
  }

  String title() {
    return switch (kind) {
      case STOCK -> "stock";
      case PEER -> nodes == 1 ? "1 node" : nodes + " nodes";
      case APART -> nodes + " apart";
    };
  }
}
