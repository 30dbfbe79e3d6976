package org.blockraft.ledger;

/** Chooses collections by namespace and name. */
@FunctionalInterface
public interface CollectionFilter {
  CollectionFilter ALL = (namespace, collection) -> true;

  boolean passes(String namespace, String collection);
}
