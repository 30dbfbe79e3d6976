package org.blockraft.lifecycle;

import java.util.Optional;

/**
 * A committed definition and what this peer can do with it.
 *
 * @param approved whether this organization approved exactly this definition at its sequence
 * @param packageId the installed package that the approval names, when it is installed here
 */
public record LocalDefinition(
    ChaincodeDefinition definition, boolean approved, Optional<String> packageId) {

  /** Whether this peer can execute the chaincode. */
  public boolean invocable() {
    return approved && packageId.isPresent();
  }
}
