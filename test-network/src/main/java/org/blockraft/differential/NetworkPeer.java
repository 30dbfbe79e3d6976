package org.blockraft.differential;

import java.nio.file.Path;

/**
 * One peer of the network that is compared.
 *
 * @param name of its process, folder and log
 * @param index of the peer in its organization's key material
 */
record NetworkPeer(String name, int organization, int index, int port) {
  String mspId() {
    return "Org" + organization + "MSP";
  }

  String domain() {
    return "org" + organization + ".example.com";
  }

  String host() {
    return "peer" + index + "." + domain();
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  int chaincodePort() {
    return port + 1;
  }

  int operationsPort() {
    return port + 2;
  }

  Path organizationFolder(Path crypto) {
    return crypto.resolve("peerOrganizations").resolve(domain());
  }

  Path folder(Path crypto) {
    return organizationFolder(crypto).resolve("peers").resolve(host());
  }
}
