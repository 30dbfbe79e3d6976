package org.blockraft.chaincode;

/**
 * The name under which a chaincode calls another: {@code name[:version][/channel]}. Immutable.
 *
 * @param channel empty for the caller's own
 * @param chaincode the name
 * @param version ignored, as stock does
 */
record CalleeName(String channel, String chaincode, String version) {

  static CalleeName parse(String name) {
    int slash = name.indexOf('/');
    String channel = slash < 0 ? "" : name.substring(slash + 1);
    String rest = slash < 0 ? name : name.substring(0, slash);
    int colon = rest.indexOf(':');
    return colon < 0
        ? new CalleeName(channel, rest, "")
        : new CalleeName(channel, rest.substring(0, colon), rest.substring(colon + 1));
  }
}
