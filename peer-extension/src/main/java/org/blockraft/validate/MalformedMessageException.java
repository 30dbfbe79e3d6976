package org.blockraft.validate;

/**
 * Received bytes are not the protobuf message they should be. An ordinary answer to bad input, so
 * it carries no stack trace.
 */
public final class MalformedMessageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MalformedMessageException(String message) {
    super(message, null, false, false);
  }
}
