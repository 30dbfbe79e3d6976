package org.blockraft.testnet;

import java.time.Duration;

/**
 * What clients do to each node.
 *
 * @param submitters clients that submit transfers and wait for each commit
 * @param endorsers clients that have proposals endorsed, and nothing more
 * @param pause of each client after each answer
 */
record LoadPlan(String channel, String chaincode, int submitters, int endorsers, Duration pause) {
  private static final Duration PAUSE = Duration.ofMillis(10);

  static LoadPlan transfers(String channel, int submitters, int endorsers) {
    return new LoadPlan(channel, "wallet", submitters, endorsers, PAUSE);
  }
}
