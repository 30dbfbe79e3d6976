package org.blockraft.peer;

import ch.qos.logback.classic.LoggerContext;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.blockraft.operations.LogSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process around one {@link PeerNode}: logging, signals, end. */
final class NodeProcess {
  private static final Logger LOG = LoggerFactory.getLogger("nodeCmd");
  private static final String LOGGING_SPEC = "FABRIC_LOGGING_SPEC";

  private NodeProcess() {}

  /**
   * Runs a node until SIGTERM or SIGINT.
   *
   * @throws RefusedException when the cluster does not want it
   */
  static void run(Map<String, String> environment, boolean devMode) {
    LogSpec logSpec = logging(environment, "");
    PeerConfig config = PeerConfig.from(CoreYaml.load(environment), devMode);
    CompletableFuture<String> stop = new CompletableFuture<>();
    Signals.onStop(() -> stop.complete(""));
    Signals.onReport(() -> LOG.info("Go routines report:\n{}", ThreadReport.text()));
    LOG.info("Starting {}", ProductVersion.text());
    String refusal;
    try (PeerNode node = new PeerNode(config, environment, logSpec, InstantSource.system())) {
      var _ = node.refusal().thenAccept(stop::complete);
      node.start();
      refusal = stop.get();
    } catch (IOException e) {
      throw new ConfigurationException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot be: nobody fails it", e);
    }
    if (!refusal.isEmpty()) {
      throw new RefusedException(refusal);
    }
  }

  /** Sets logging up as the environment says. */
  static LogSpec logging(Map<String, String> environment, String fallback) {
    LogSpec logSpec = new LogSpec((LoggerContext) LoggerFactory.getILoggerFactory());
    logSpec.activate(environment.getOrDefault(LOGGING_SPEC, fallback));
    return logSpec;
  }
}
