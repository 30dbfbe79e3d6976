package org.blockraft.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.hyperledger.fabric.metrics.Metrics;
import org.hyperledger.fabric.shim.ChaincodeServerProperties;
import org.hyperledger.fabric.shim.NettyChaincodeServer;
import org.hyperledger.fabric.traces.Traces;

/**
 * Serves probe chaincodes to peers that dial them: one server for each argument {@code
 * <port>=<package id>} or {@code <host>:<port>=<package id>}, all in one process, on the loopback
 * interface unless there is a host.
 */
public final class ProbeServer {
  /** Whoever starts this process waits for this text. */
  private static final String READY = "probe servers listen";

  private static final Logger LOG = Logger.getLogger(ProbeServer.class.getName());
  private static final int MESSAGE_BYTES_MAX = 100 * 1024 * 1024;

  private ProbeServer() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Logger.getLogger("").setLevel(Level.WARNING);
    LOG.setLevel(Level.INFO);
    List<Thread> servers = new ArrayList<>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      servers.add(start(address(arg.substring(0, equals)), arg.substring(equals + 1)));
    }
    LOG.info(READY);
    for (Thread server : servers) {
      server.join();
    }
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    int port = Integer.parseInt(text.substring(colon + 1));
    return colon < 0
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
        : new InetSocketAddress(text.substring(0, colon), port);
  }

  private static Thread start(InetSocketAddress address, String packageId) throws IOException {
    ProbeChaincode chaincode = new ProbeChaincode();
    chaincode.identify(packageId);
    Properties properties = chaincode.getChaincodeConfig();
    Metrics.initialize(properties);
    Traces.initialize(properties);
    ChaincodeServerProperties settings = new ChaincodeServerProperties();
    settings.setServerAddress(address);
    settings.setMaxInboundMessageSize(MESSAGE_BYTES_MAX);
    NettyChaincodeServer server = new NettyChaincodeServer(chaincode, settings);
    return Thread.ofPlatform()
        .name("probe-" + address.getPort())
        .start(
            () -> {
              try {
                server.start();
              } catch (IOException e) {
                LOG.log(Level.SEVERE, "cannot serve on " + address, e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
