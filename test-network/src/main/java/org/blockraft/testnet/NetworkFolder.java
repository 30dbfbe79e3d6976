package org.blockraft.testnet;

import java.nio.file.Path;

/**
 * Where everything of the local network lies, below one folder that {@code down} removes.
 *
 * @param root the folder
 * @param distribution the unpacked peer, with {@code bin/blockraft}
 * @param libraries the folder with this module's jar files
 * @param ports of everything in the network
 */
public record NetworkFolder(Path root, Path distribution, Path libraries, NetworkPorts ports) {
  static final String DOMAIN = "example.com";
  static final String ORDERER_HOST = "orderer.example.com";
  static final String ORDERER_MSP = "OrdererMSP";

  /** With the ports that everybody expects. */
  public NetworkFolder(Path root, Path distribution, Path libraries) {
    this(root, distribution, libraries, NetworkPorts.STANDARD);
  }

  /** An organization with one peer. */
  public record Org(String name, String mspId, String domain) {
    String peerHost() {
      return "peer0." + domain;
    }
  }

  /** The organization whose peer is ours. */
  static final Org ORG1 = new Org("org1", "Org1MSP", "org1.example.com");

  /** The organization whose peer is a stock one, where there is one. */
  static final Org ORG2 = new Org("org2", "Org2MSP", "org2.example.com");

  Path crypto() {
    return root.resolve("crypto-config");
  }

  Path ordererNode() {
    return crypto().resolve("ordererOrganizations/" + DOMAIN + "/orderers/" + ORDERER_HOST);
  }

  Path organization(Org org) {
    return crypto().resolve("peerOrganizations").resolve(org.domain());
  }

  Path peerNode(Org org) {
    return organization(org).resolve("peers").resolve(org.peerHost());
  }

  Path user(Org org, String name) {
    return organization(org).resolve("users").resolve(name + "@" + org.domain());
  }

  Path genesisBlock(String channel) {
    return root.resolve("channel-artifacts").resolve(channel + ".block");
  }

  public Path data(String process) {
    return root.resolve("data").resolve(process);
  }

  public Path log(String process) {
    return root.resolve("logs").resolve(process + ".log");
  }

  /** The log of the process of that name before this one. */
  Path previousLog(String process) {
    return root.resolve("logs").resolve(process + ".previous.log");
  }

  public Path pid(String process) {
    return root.resolve("pids").resolve(process + ".pid");
  }
}
