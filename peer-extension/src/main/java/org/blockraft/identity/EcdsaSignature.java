package org.blockraft.identity;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

/**
 * The two numbers of an ECDSA signature.
 *
 * <p>Fabric: bccsp/utils/ecdsa.go.
 */
record EcdsaSignature(BigInteger r, BigInteger s) {
  private static final String MALFORMED = "asn1: structure error: malformed signature";

  /**
   * Reads DER as Fabric does: numbers and lengths must be minimal, but bytes after the two numbers
   * and after the sequence are passed over.
   *
   * @throws IdentityException with Fabric's text (the words after "asn1:" are our own)
   */
  static EcdsaSignature parse(byte[] der) {
    EcdsaSignature signature;
    try {
      DerReader sequence = new DerReader(der).read(DerReader.SEQUENCE, MALFORMED);
      signature =
          new EcdsaSignature(sequence.readInteger(MALFORMED), sequence.readInteger(MALFORMED));
    } catch (IdentityException e) {
      throw new IdentityException("failed unmashalling signature [" + e.getMessage() + "]");
    }
    if (signature.r.signum() != 1) {
      throw new IdentityException("invalid signature, R must be larger than zero");
    }
    if (signature.s.signum() != 1) {
      throw new IdentityException("invalid signature, S must be larger than zero");
    }
    return signature;
  }

  boolean isLowS(EcCurve curve) {
    return s.compareTo(curve.halfOrder) <= 0;
  }

  EcdsaSignature toLowS(EcCurve curve) {
    return isLowS(curve) ? this : new EcdsaSignature(r, curve.order.subtract(s));
  }

  /** The one canonical encoding. */
  byte[] toDer() {
    byte[] first = r.toByteArray();
    byte[] second = s.toByteArray();
    ByteArrayOutputStream contents = new ByteArrayOutputStream();
    writeElement(contents, DerReader.INTEGER, first);
    writeElement(contents, DerReader.INTEGER, second);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeElement(out, DerReader.SEQUENCE, contents.toByteArray());
    return out.toByteArray();
  }

  /** Writes a tag, a minimal length and the contents. */
  static void writeElement(ByteArrayOutputStream out, int tag, byte[] contents) {
    out.write(tag);
    int length = contents.length;
    if (length < 0x80) {
      out.write(length);
    } else {
      int bytes = (32 - Integer.numberOfLeadingZeros(length) + 7) / 8;
      out.write(0x80 | bytes);
      for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        out.write(length >>> shift);
      }
    }
    out.writeBytes(contents);
  }
}
