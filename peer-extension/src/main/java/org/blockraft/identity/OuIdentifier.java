package org.blockraft.identity;

import java.util.Arrays;

/**
 * An organizational unit together with the authorities that may vouch for it.
 *
 * @param certifiersId SHA-256 over the authorities' certificates, issuer first; empty for any
 */
@SuppressWarnings("ArrayRecordComponent") // shared within the package only, never changed
record OuIdentifier(String name, byte[] certifiersId) {

  /** The characters of the certifiers id that texts show. */
  private static final int SHOWN_BYTES = 8;

  /** Whether an identity's unit is vouched for by the authorities that this one asks for. */
  boolean admits(OuIdentifier held) {
    return certifiersId.length == 0 || Arrays.equals(certifiersId, held.certifiersId);
  }

  /** Whether this unit's authorities are exactly these. */
  boolean isCertifiedBy(byte[] id) {
    return Arrays.equals(certifiersId, id);
  }

  @Override
  public String toString() {
    return name + "(" + GoText.hexPrefix(certifiersId, SHOWN_BYTES) + ")";
  }
}
