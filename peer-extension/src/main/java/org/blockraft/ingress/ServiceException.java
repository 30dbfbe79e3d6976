package org.blockraft.ingress;

/**
 * A request that a service refuses; the message is Fabric's text, the status UNKNOWN unless a
 * service says otherwise.
 */
public final class ServiceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ServiceException(String message) {
    super(message);
  }
}
