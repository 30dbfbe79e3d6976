package org.blockraft.ledger;

/**
 * A ledger request that has no answer, or a ledger that is broken; {@link #getMessage()} is the
 * text a stock peer gives.
 */
public final class LedgerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LedgerException(String message) {
    super(message);
  }

  public LedgerException(String message, Throwable cause) {
    super(message, cause);
  }
}
