package org.blockraft.peer;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collections;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The address that the peer tells others, by stock's rules (Fabric {@code core/peer/config.go}).
 */
final class LocalAddress {
  private static final Logger LOG = LoggerFactory.getLogger(LocalAddress.class);

  private LocalAddress() {}

  /** {@code peer.address}, or the first non-loopback IPv4 address with its port. */
  static String of(CoreYaml yaml) {
    String address = yaml.text("peer.address", "");
    if (address.isEmpty()) {
      throw new ConfigurationException("peer.address isn't set");
    }
    int colon = address.lastIndexOf(':');
    if (colon < 0) {
      throw new ConfigurationException("peer.address isn't in host:port format: " + address);
    }
    String host = address.substring(0, colon);
    boolean detect = yaml.flag("peer.addressAutoDetect", false);
    if (!detect && !isUnspecified(host)) {
      return address;
    }
    String detected = detect() + address.substring(colon);
    LOG.info("Auto-detected peer address: {}", detected);
    return detected;
  }

  private static boolean isUnspecified(String host) {
    if (!host.matches("[0-9.]+|\\[?[0-9a-fA-F:]+\\]?")) {
      return false;
    }
    try {
      return InetAddress.getByName(host).isAnyLocalAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static String detect() {
    try {
      for (NetworkInterface nic : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        for (InetAddress address : Collections.list(nic.getInetAddresses())) {
          if (address instanceof Inet4Address && !address.isLoopbackAddress()) {
            return address.getHostAddress();
          }
        }
      }
    } catch (SocketException e) {
      throw new ConfigurationException("local IP address not auto-detectable", e);
    }
    throw new ConfigurationException("no non-loopback, IPv4 interface detected");
  }
}
