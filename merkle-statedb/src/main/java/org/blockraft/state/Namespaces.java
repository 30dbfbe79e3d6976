package org.blockraft.state;

/**
 * Names under which a collection's hashes and private values stand in the state database. See
 * Fabric's {@code core/ledger/kvledger/txmgmt/privacyenabledstate/db.go}.
 */
public final class Namespaces {

  private static final String HASHED_INFIX = "$$h";
  private static final String PRIVATE_INFIX = "$$p";

  private Namespaces() {}

  /** Namespace of (SHA-256 of key -> SHA-256 of value) of a collection. */
  public static String hashed(String namespace, String collection) {
    return namespace + HASHED_INFIX + collection;
  }

  /** Namespace of the plaintext private data of a collection. */
  public static String pvt(String namespace, String collection) {
    return namespace + PRIVATE_INFIX + collection;
  }

  /** Whether the namespace holds hashes of a collection. */
  public static boolean isHashed(String namespace) {
    return namespace.contains(HASHED_INFIX);
  }

  /** Whether the namespace holds private data of a collection. */
  public static boolean isPvt(String namespace) {
    return namespace.contains(PRIVATE_INFIX);
  }
}
