package org.blockraft.identity;

import java.util.Arrays;

/**
 * An algorithm and its parameters.
 *
 * @param parameters the parameters with tag and length; empty if there are none
 */
@SuppressWarnings("ArrayRecordComponent") // shared within the package only, never changed
record AlgorithmIdentifier(String oid, byte[] parameters) {

  /** Reads the contents of an algorithm identifier. */
  static AlgorithmIdentifier read(DerReader contents) {
    String oid = contents.readOid("x509: malformed OID");
    if (contents.isEmpty()) {
      return new AlgorithmIdentifier(oid, new byte[0]);
    }
    byte[] all = contents.rest();
    contents.readAny("x509: malformed parameters");
    int left = contents.rest().length;
    return new AlgorithmIdentifier(oid, Arrays.copyOf(all, all.length - left));
  }
}
