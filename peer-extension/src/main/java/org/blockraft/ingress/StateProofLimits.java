package org.blockraft.ingress;

import java.time.Duration;

/**
 * What proofs of the state may cost. All channels together have one budget.
 *
 * @param keysMax of one request. The thread that keeps the tree answers it, and may have to read a
 *     page for each key: some milliseconds from a disk, during which the tree does not move on
 * @param answerBytesMax of keys, values and proofs of one answer; below the 100 MiB that Fabric's
 *     clients take by default
 * @param callsMax at a time; each holds its answer in memory, and more would not be faster, as a
 *     tree has one thread
 * @param permitWait for another call to end, before the client is told to come again
 * @param answerWait for the tree to reach the state, and for that to be announced to clients; the
 *     tree is less than a second behind unless something is wrong
 */
public record StateProofLimits(
    int keysMax, int answerBytesMax, int callsMax, Duration permitWait, Duration answerWait) {

  public static final StateProofLimits DEFAULTS =
      new StateProofLimits(256, 64 << 20, 8, Duration.ofSeconds(1), Duration.ofSeconds(10));
}
