package org.blockraft.chaincode;

import java.time.Duration;

/**
 * How to dial a chaincode that runs as a server. Immutable.
 *
 * @param address host:port
 * @param dialTimeout the longest a dial may take
 * @param tls the TLS material; null for plaintext
 */
public record ChaincodeServerInfo(String address, Duration dialTimeout, Tls tls) {
  /** Stock's dial timeout when connection.json names none. */
  static final Duration DIAL_TIMEOUT_DEFAULT = Duration.ofSeconds(3);

  /**
   * PEM texts of a TLS connection.
   *
   * @param rootCertificate the CA of the server's certificate
   * @param clientCertificate the peer's certificate; null without client authentication
   * @param clientKey the key of that certificate; null without client authentication
   */
  public record Tls(String rootCertificate, String clientCertificate, String clientKey) {}
}
