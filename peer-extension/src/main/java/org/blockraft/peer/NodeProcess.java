package org.blockraft.peer;

import ch.qos.logback.classic.LoggerContext;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.blockraft.operations.LogSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process around one {@link PeerNode}: logging, signals, end. */
final class NodeProcess {
  private static final Logger LOG = LoggerFactory.getLogger("nodeCmd");
  private static final String LOGGING_SPEC = "FABRIC_LOGGING_SPEC";

  private NodeProcess() {}

  /** Runs a node until SIGTERM or SIGINT. */
  static void run(Map<String, String> environment, boolean devMode) {
    LogSpec logSpec = new LogSpec((LoggerContext) LoggerFactory.getILoggerFactory());
    logSpec.activate(environment.getOrDefault(LOGGING_SPEC, ""));
    PeerConfig config = PeerConfig.from(CoreYaml.load(environment), devMode);
    CountDownLatch stop = new CountDownLatch(1);
    Signals.onStop(stop::countDown);
    Signals.onReport(() -> LOG.info("Go routines report:\n{}", ThreadReport.text()));
    LOG.info("Starting {}", ProductVersion.text());
    try (PeerNode node = new PeerNode(config, environment, logSpec, InstantSource.system())) {
      node.start();
      stop.await();
    } catch (IOException e) {
      throw new ConfigurationException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
