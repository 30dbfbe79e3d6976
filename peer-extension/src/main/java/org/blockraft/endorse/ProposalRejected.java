package org.blockraft.endorse;

/**
 * A proposal that is refused as such. A client sees gRPC status UNKNOWN with the message, which is
 * exactly Fabric's text. Failures after acceptance are not this: they are answers with status 500.
 */
public final class ProposalRejected extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean filtered;

  public ProposalRejected(String message) {
    this(message, null);
  }

  public ProposalRejected(String message, Throwable cause) {
    this(message, cause, false);
  }

  private ProposalRejected(String message, Throwable cause, boolean filtered) {
    super(message, cause);
    this.filtered = filtered;
  }

  /** Refused by a filter, before the endorser itself saw the proposal. */
  public static ProposalRejected byFilter(String message, Throwable cause) {
    return new ProposalRejected(message, cause, true);
  }

  /**
   * Whether a filter refused it. Stock's gateway takes that for an endorser that cannot be reached,
   * and asks another one.
   */
  public boolean isFiltered() {
    return filtered;
  }
}
