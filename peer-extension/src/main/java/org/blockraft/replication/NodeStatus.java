package org.blockraft.replication;

import java.util.Map;

/**
 * What this node knows of another one, from its last heartbeat.
 *
 * @param linked whether there is a live link to it
 * @param leading whether it says that it leads
 * @param draining whether it wants no new work
 * @param outstanding proposals that it works on
 * @param load the same on average over a while
 * @param weight its processors
 * @param heights number of blocks on its disk, by channel
 */
public record NodeStatus(
    String name,
    boolean linked,
    boolean leading,
    boolean draining,
    int outstanding,
    double load,
    int weight,
    Map<String, Long> heights) {

  static NodeStatus unknown(String name) {
    return new NodeStatus(name, false, false, false, 0, 0, 1, Map.of());
  }
}
