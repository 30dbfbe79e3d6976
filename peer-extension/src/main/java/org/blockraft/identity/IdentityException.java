package org.blockraft.identity;

/**
 * An identity, signature, MSP or policy was refused. The message is Fabric's own text, so that it
 * can be shown to a client as it is.
 *
 * <p>Refusals are ordinary answers to bad input and may come by the thousand, so these exceptions
 * carry no stack trace.
 */
public class IdentityException extends RuntimeException {

  public IdentityException(String message) {
    super(message, null, false, false);
  }

  /** Puts a context before the text of a cause, the way Fabric wraps errors: "context: cause". */
  public static IdentityException wrap(RuntimeException cause, String context) {
    return new IdentityException(context + ": " + cause.getMessage());
  }
}
