package org.blockraft.coordination;

import java.util.regex.Pattern;

/**
 * A node as the others know it.
 *
 * @param name of the node in its cluster: letters, digits, '.', '-' and '_'
 * @param address host:port where other nodes reach it
 * @param incarnation random for each start of the process, so that a restarted node is told from
 *     the one before
 */
public record NodeInfo(String name, String address, String incarnation) {

  /** Names are parts of etcd keys, labels of metrics and words in logs. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  public NodeInfo {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a node name: '" + name + "'");
    }
    if (address.isBlank() || incarnation.isBlank()) {
      throw new IllegalArgumentException("node " + name + " lacks an address or incarnation");
    }
  }
}
