package org.blockraft.identity;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * The peer's own MSP, from a directory laid out as cryptogen and fabric-ca do. Immutable.
 *
 * <p>Fabric: msp/configbuilder.go, msp/mspimplsetup.go setupSigningIdentity.
 */
public final class LocalMsp {
  private final X509Msp msp;
  private final Signer signer;
  private final MspManager msps;

  private LocalMsp(X509Msp msp, Signer signer) {
    this.msp = msp;
    this.signer = signer;
    this.msps = MspManager.of(List.of(msp));
  }

  /**
   * Loads the directory. The signing certificate must not have expired by {@code clock}.
   *
   * @throws IdentityException with Fabric's text
   */
  public static LocalMsp load(Path mspDir, String mspId, InstantSource clock) {
    MspDirectory directory = new MspDirectory(mspDir);
    var signingCertificate = directory.signingCertificate();
    X509Msp msp = new X509Msp(directory.read(mspId), MspVersion.V3_0);
    Identity identity = msp.fromConfig(signingCertificate);
    PrivateKey key = new KeyDirectory(directory.keystore()).find(identity.key());
    if (key == null) {
      throw new IdentityException("KeyMaterial not found in SigningIdentityInfo");
    }
    Instant now = clock.instant();
    if (!identity.expiresAt().isAfter(now)) {
      throw new IdentityException(
          "signing identity expired "
              + GoText.duration(Duration.between(identity.expiresAt(), now))
              + " ago");
    }
    return new LocalMsp(msp, new Signer(identity, key));
  }

  public Signer signer() {
    return signer;
  }

  public Msp msp() {
    return msp;
  }

  /** A manager that knows this MSP alone. */
  public MspManager msps() {
    return msps;
  }
}
