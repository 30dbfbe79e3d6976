package org.blockraft.identity;

/** A public key ready for verification; immutable and safe for use by many threads. */
public final class VerificationKey {
  VerificationKey() {}
}
