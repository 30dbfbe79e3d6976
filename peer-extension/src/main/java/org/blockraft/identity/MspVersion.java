package org.blockraft.identity;

/** The rules an MSP follows; selected by the channel's capabilities, oldest first. */
public enum MspVersion {
  V1_0,
  V1_1,
  V1_3,
  V1_4_3,
  /** Fabric v3: as 1.4.3, and Ed25519 keys are accepted. */
  V3_0;

  boolean atLeast(MspVersion other) {
    return compareTo(other) >= 0;
  }
}
