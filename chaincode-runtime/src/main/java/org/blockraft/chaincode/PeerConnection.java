package org.blockraft.chaincode;

/**
 * How a launched chaincode reaches the peer; PEM texts, empty without TLS. Immutable.
 *
 * @param address the peer's chaincode address
 * @param clientCertificate the chaincode's certificate
 * @param clientKey the key of that certificate
 * @param rootCertificate the CA of the peer's chaincode listener
 */
record PeerConnection(
    String address, String clientCertificate, String clientKey, String rootCertificate) {}
