package org.blockraft.lifecycle;

import java.util.List;
import java.util.SortedMap;

/**
 * An installed package and the definitions that this organization approved to run on it, by
 * channel.
 */
public record InstalledChaincode(
    String packageId, String label, SortedMap<String, List<Reference>> references) {

  /** A chaincode definition that uses the package. */
  public record Reference(String name, String version) {}
}
