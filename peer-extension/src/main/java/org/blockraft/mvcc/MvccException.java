package org.blockraft.mvcc;

/** MVCC could not be carried out. Stops the channel; never becomes a flag. */
public final class MvccException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public MvccException(String message) {
    super(message);
  }
}
