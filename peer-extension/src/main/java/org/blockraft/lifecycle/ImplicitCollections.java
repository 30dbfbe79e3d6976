package org.blockraft.lifecycle;

import java.util.Optional;

/** Names of the collections that every organization has in every chaincode without defining it. */
public final class ImplicitCollections {
  private static final String PREFIX = "_implicit_org_";

  private ImplicitCollections() {}

  public static String nameFor(String mspId) {
    return PREFIX + mspId;
  }

  /** The MSP id of the owner when {@code collection} is an implicit one. */
  public static Optional<String> owner(String collection) {
    return collection.startsWith(PREFIX)
        ? Optional.of(collection.substring(PREFIX.length()))
        : Optional.empty();
  }
}
