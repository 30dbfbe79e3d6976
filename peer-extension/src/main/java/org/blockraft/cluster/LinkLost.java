package org.blockraft.cluster;

/** A request that gets no reply, as there is no link, it ended, or it could not take more. */
public final class LinkLost extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean sent;

  LinkLost(String message, boolean sent) {
    // Made for every request of a lost link: a stack trace would tell nothing.
    super(message, null, false, false);
    this.sent = sent;
  }

  /** Whether the other node may have got the request. */
  public boolean sent() {
    return sent;
  }
}
