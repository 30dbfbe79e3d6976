package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;

/**
 * When an identity's certificate ends.
 *
 * <p>Fabric source: common/crypto/expiration.go.
 */
final class IdentityExpiry {
  private IdentityExpiry() {}

  /** Empty when the identity holds no certificate: then nothing is known of its end. */
  static Optional<Instant> of(ByteString identity) {
    try {
      ByteString pem = SerializedIdentity.parseFrom(identity).getIdBytes();
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509").generateCertificate(pem.newInput());
      return Optional.of(certificate.getNotAfter().toInstant());
    } catch (InvalidProtocolBufferException | CertificateException e) {
      return Optional.empty();
    }
  }
}
