package org.blockraft.intake;

/** A block is not the one that follows, or is not properly signed; the message is Fabric's text. */
public final class BlockRejected extends RuntimeException {

  public BlockRejected(String message) {
    super(message, null, false, false);
  }
}
