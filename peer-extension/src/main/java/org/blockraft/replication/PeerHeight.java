package org.blockraft.replication;

/** What this node knows of a channel on another one. Owned by the loop. */
final class PeerHeight {
  private boolean linked;
  private long durable;
  private boolean inSync;
  private boolean known;

  /**
   * A link came up, perhaps to a process that was started anew: it counts when it has caught up.
   */
  void linkUp() {
    linked = true;
    known = false;
    inSync = false;
    durable = 0;
  }

  void linkDown() {
    linked = false;
  }

  boolean isLinked() {
    return linked;
  }

  /**
   * @param own this node's height
   * @param lag blocks that a node may be behind and still count as caught up
   */
  void durable(long height, long own, long lag) {
    known = true;
    durable = height;
    inSync |= height + lag >= own;
  }

  long durable() {
    return durable;
  }

  /**
   * Whether it takes part in agreements: always, except while it is known to be far behind because
   * it has just joined.
   */
  boolean counts() {
    return !known || inSync;
  }
}
