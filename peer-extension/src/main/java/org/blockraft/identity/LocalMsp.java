package org.blockraft.identity;

import java.nio.file.Path;
import java.time.InstantSource;

/**
 * The peer's own MSP, from a directory laid out as cryptogen and fabric-ca do.
 *
 * <p>Fabric: msp/configbuilder.go.
 */
public final class LocalMsp {
  private LocalMsp() {}

  /**
   * Loads the directory. The signing certificate must not have expired by {@code clock}.
   *
   * @throws IdentityException with Fabric's text
   */
  public static LocalMsp load(Path mspDir, String mspId, InstantSource clock) {
    throw new IllegalStateException("being written");
  }

  public Signer signer() {
    throw new IllegalStateException("being written");
  }

  public Msp msp() {
    throw new IllegalStateException("being written");
  }

  /** A manager that knows this MSP alone. */
  public MspManager msps() {
    throw new IllegalStateException("being written");
  }
}
