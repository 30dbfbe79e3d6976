package org.blockraft.identity;

import java.math.BigInteger;

/** The elliptic curves a certificate may use. */
enum EcCurve {
  P224(
      "1.3.132.0.33",
      "ffffffffffffffffffffffffffffffff000000000000000000000001",
      "b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4",
      "ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d"),
  P256(
      "1.2.840.10045.3.1.7",
      "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
      "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
      "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
  P384(
      "1.3.132.0.34",
      "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
          + "ffffffff0000000000000000ffffffff",
      "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a"
          + "c656398d8a2ed19d2a85c8edd3ec2aef",
      "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
          + "581a0db248b0a77aecec196accc52973"),
  P521(
      "1.3.132.0.35",
      "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
          + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef1"
          + "09e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
      "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
          + "fffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409");

  private static final BigInteger THREE = BigInteger.valueOf(3);

  final String oid;
  final BigInteger prime;
  final BigInteger b;
  final BigInteger order;
  final BigInteger halfOrder;

  /** The length of a coordinate in bytes. */
  final int fieldBytes;

  EcCurve(String oid, String prime, String b, String order) {
    this.oid = oid;
    this.prime = new BigInteger(prime, 16);
    this.b = new BigInteger(b, 16);
    this.order = new BigInteger(order, 16);
    this.halfOrder = this.order.shiftRight(1);
    this.fieldBytes = (this.prime.bitLength() + 7) / 8;
  }

  /** The curve of an object identifier, or null. */
  static EcCurve of(String oid) {
    for (EcCurve curve : values()) {
      if (curve.oid.equals(oid)) {
        return curve;
      }
    }
    return null;
  }

  /** Requires that the bytes are an uncompressed point of this curve. */
  void requirePoint(byte[] point) {
    if (point.length < 1 || point[0] != 4) {
      throw new IdentityException("ecdsa: invalid uncompressed public key");
    }
    if (point.length != 1 + 2 * fieldBytes) {
      throw new IdentityException("invalid " + name() + " point encoding");
    }
    BigInteger x = new BigInteger(1, point, 1, fieldBytes);
    BigInteger y = new BigInteger(1, point, 1 + fieldBytes, fieldBytes);
    if (x.compareTo(prime) >= 0 || y.compareTo(prime) >= 0) {
      throw new IdentityException("invalid " + name() + "Element encoding");
    }
    BigInteger right = x.multiply(x).subtract(THREE).multiply(x).add(b).mod(prime);
    if (!y.multiply(y).mod(prime).equals(right)) {
      throw new IdentityException(name() + " point not on curve");
    }
  }
}
