package org.blockraft.identity;

/** A policy was not satisfied, does not exist or does not compile; the message is Fabric's text. */
public final class PolicyException extends IdentityException {

  public PolicyException(String message) {
    super(message);
  }
}
