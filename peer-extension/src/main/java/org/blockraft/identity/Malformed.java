package org.blockraft.identity;

import com.google.protobuf.InvalidProtocolBufferException;

/** What Go's protobuf says of bytes that are no message (google.golang.org/protobuf/proto). */
public final class Malformed {
  private static final String BAD_WIRE_FORMAT = "proto: cannot parse invalid wire-format data";
  private static final String BAD_STRING = "string field contains invalid UTF-8";

  private Malformed() {}

  /** Go's text for what made Java's parser fail. */
  public static String text(InvalidProtocolBufferException failure) {
    String own = failure.getMessage();
    return own != null && own.contains("UTF-8") ? BAD_STRING : BAD_WIRE_FORMAT;
  }
}
