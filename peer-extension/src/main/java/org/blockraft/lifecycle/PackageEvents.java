package org.blockraft.lifecycle;

import org.blockraft.chaincode.ChaincodeCustodian;

/**
 * What becomes of installed packages as definitions change. Called while the cache is locked and a
 * block is being committed, so implementations only take a note.
 */
public interface PackageEvents {
  /** The package was found or installed; it may want building. */
  void installed(String packageId);

  /** A definition committed and approved now runs on the package. */
  void runnable(String packageId);

  /** No definition on any channel runs on the package any more. */
  void stoppable(String packageId);

  /** Hands every note to the runtime's custodian, which acts in the background. */
  static PackageEvents to(ChaincodeCustodian custodian) {
    return new PackageEvents() {
      @Override
      public void installed(String packageId) {
        custodian.installed(packageId);
      }

      @Override
      public void runnable(String packageId) {
        custodian.runnable(packageId);
      }

      @Override
      public void stoppable(String packageId) {
        custodian.stoppable(packageId);
      }
    };
  }
}
