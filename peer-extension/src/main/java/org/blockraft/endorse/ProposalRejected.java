package org.blockraft.endorse;

/**
 * A proposal that is refused as such. A client sees gRPC status UNKNOWN with the message, which is
 * exactly Fabric's text. Failures after acceptance are not this: they are answers with status 500.
 */
public final class ProposalRejected extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ProposalRejected(String message) {
    super(message);
  }

  public ProposalRejected(String message, Throwable cause) {
    super(message, cause);
  }
}
