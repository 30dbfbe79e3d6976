package org.blockraft.testnet;

/**
 * Where a peer, or one node of ours, runs.
 *
 * @param host its address
 * @param process its name, and that of its folders
 * @param port of the peer's services
 * @param operationsPort of health and metrics
 */
public record PeerPlace(String host, String process, int port, int operationsPort) {
  /** On the loopback interface. */
  public PeerPlace(String process, int port, int operationsPort) {
    this(NetworkPorts.HOST, process, port, operationsPort);
  }

  /** Where clients dial. */
  public String address() {
    return host + ":" + port;
  }

  public int chaincodePort() {
    return port + 1;
  }

  /** Where other nodes of the same peer dial. */
  public int linkPort() {
    return port + LINK_OFFSET;
  }

  private static final int LINK_OFFSET = 5;
}
