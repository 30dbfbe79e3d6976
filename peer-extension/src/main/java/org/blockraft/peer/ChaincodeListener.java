package org.blockraft.peer;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.blockraft.chaincode.ChaincodeCertificates;
import org.blockraft.chaincode.ChaincodeSupportService;
import org.blockraft.identity.TlsCredentials;
import org.blockraft.identity.TlsRoots;
import org.blockraft.identity.TlsTrust;
import org.blockraft.ingress.GrpcServer;

/** The listener for chaincode that dials the peer, under certificates of its own. */
final class ChaincodeListener {
  private ChaincodeListener() {}

  /**
   * @param certificates null: no TLS
   */
  static GrpcServer server(
      PeerConfig config,
      Settings settings,
      ChaincodeCertificates certificates,
      ChaincodeSupportService service,
      MeterRegistry meters) {
    Optional<SslContext> tls = Optional.empty();
    if (certificates != null) {
      String endpoint = config.chaincodeEndpoint();
      ChaincodeCertificates.ServerMaterial material =
          certificates.server(endpoint.substring(0, endpoint.lastIndexOf(':')));
      tls =
          Optional.of(
              TlsTrust.server(
                  TlsCredentials.of(pem(material.certificate()), pem(material.key())),
                  true,
                  new TlsRoots(List.of(pem(material.clientRoot())))));
    }
    BindableService chaincodeSupport = service::definition;
    return new GrpcServer(
        settings.server(config.chaincodeListenAddress(), tls),
        List.of(chaincodeSupport, new HealthStatusManager().getHealthService()),
        meters);
  }

  private static ByteString pem(String text) {
    return ByteString.copyFrom(text, StandardCharsets.UTF_8);
  }
}
