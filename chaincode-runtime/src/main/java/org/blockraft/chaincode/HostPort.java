package org.blockraft.chaincode;

/** A host and a port. */
record HostPort(String host, int port) {
  private static final int PORT_MAX = 65_535;

  /** Parses "host:port" or "[v6]:port"; throws with Go's text. */
  static HostPort parse(String address) {
    int colon = address.lastIndexOf(':');
    if (colon < 0) {
      throw failure(address, "missing port in address");
    }
    String host = address.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw failure(address, "too many colons in address");
    }
    try {
      int port = Integer.parseInt(address.substring(colon + 1));
      if (port >= 0 && port <= PORT_MAX) {
        return new HostPort(host.isEmpty() ? "localhost" : host, port);
      }
      throw failure(address, "invalid port");
    } catch (NumberFormatException e) {
      throw failure(address, "unknown port");
    }
  }

  private static ChaincodeException failure(String address, String what) {
    return new ChaincodeException(
        "failed to create new connection: connection error: desc = \"transport: error while"
            + " dialing: dial tcp: address "
            + address
            + ": "
            + what
            + "\"");
  }
}
