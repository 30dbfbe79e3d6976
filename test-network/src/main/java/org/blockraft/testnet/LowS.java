package org.blockraft.testnet;

import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;

/** Whether a P-256 signature has its smaller form. */
final class LowS {
  private static final BigInteger HALF_ORDER =
      new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)
          .shiftRight(1);

  private LowS() {}

  static boolean holds(byte[] derSignature) {
    ASN1Sequence pair = ASN1Sequence.getInstance(derSignature);
    return ASN1Integer.getInstance(pair.getObjectAt(1)).getValue().compareTo(HALF_ORDER) <= 0;
  }
}
