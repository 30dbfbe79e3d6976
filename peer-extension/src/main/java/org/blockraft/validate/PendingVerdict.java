package org.blockraft.validate;

import java.time.Duration;

/** A block that is being verified, by this node's threads and by other nodes. */
public final class PendingVerdict {
  private final SharedSlices slices;
  private final long timeoutNanos;

  PendingVerdict(SharedSlices slices, long timeoutNanos) {
    this.slices = slices;
    this.timeoutNanos = timeoutNanos;
  }

  /** Whether all slices are verified, be it a little later. */
  public boolean isReadyWithin(Duration patience) throws InterruptedException {
    return slices.isReadyWithin(patience);
  }

  /**
   * Waits for all slices, and takes over those of nodes that take too long.
   *
   * @throws ValidationException if verification could not be carried out
   */
  public BlockVerdict await() {
    try {
      return slices.await(timeoutNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ValidationException("slice verification was interrupted", e);
    }
  }
}
