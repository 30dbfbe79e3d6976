package org.blockraft.identity;

/** A caller did not satisfy the policy of a resource; the message is Fabric's own text. */
public final class AccessDenied extends IdentityException {

  public AccessDenied(String message) {
    super(message);
  }
}
