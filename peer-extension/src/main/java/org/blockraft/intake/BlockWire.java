package org.blockraft.intake;

/** Blocks and envelopes as bytes. */
final class BlockWire {
  /** What Fabric says when bytes are not a message of the expected type. */
  static final String BAD_WIRE_FORMAT = "proto: cannot parse invalid wire-format data";

  private BlockWire() {}
}
