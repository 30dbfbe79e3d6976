package org.blockraft.intake;

/** Where verified blocks go: a bounded queue built by the peer, or a test. */
@FunctionalInterface
public interface BlockSink {

  /**
   * Takes the next block, waiting while there is no room.
   *
   * @throws InterruptedException if the waiting thread is interrupted: the source ends
   */
  void accept(VerifiedBlock block) throws InterruptedException;
}
