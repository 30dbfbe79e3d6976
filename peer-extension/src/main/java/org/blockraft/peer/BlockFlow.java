package org.blockraft.peer;

import java.util.function.BooleanSupplier;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.validate.ValidatedBlock;

/**
 * Follows a channel's blocks through the pipeline of the node that leads: the cluster, or nobody.
 */
interface BlockFlow {
  /** A block came from the orderer; on the intake thread. */
  void arrived(VerifiedBlock block) throws InterruptedException;

  /** A block's flags before MVCC are decided; on the committing thread. */
  void decided(ValidatedBlock block);

  /**
   * Waits while too many blocks are committed here that the other nodes lack.
   *
   * @param closed whether the pipeline was closed meanwhile
   */
  void awaitRoom(BooleanSupplier closed) throws InterruptedException;

  /** Nobody follows. */
  BlockFlow ALONE =
      new BlockFlow() {
        @Override
        public void arrived(VerifiedBlock block) {}

        @Override
        public void decided(ValidatedBlock block) {}

        @Override
        public void awaitRoom(BooleanSupplier closed) {}
      };
}
