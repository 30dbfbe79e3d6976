package org.blockraft.chaincode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A builder made of four programs of somebody else's: detect, build, release and run. Its programs
 * see four variables of this process's environment and those the configuration names, nothing else.
 * Safe for use by many threads. Fabric: core/container/externalbuilder/externalbuilder.go, Builder.
 */
final class ExternalBuilder implements Builder {
  private static final List<String> ALWAYS_PROPAGATED =
      List.of("LD_LIBRARY_PATH", "LIBPATH", "PATH", "TMPDIR");

  private final ExternalBuilderSettings settings;
  private final String mspId;
  private final Map<String, String> environment;
  private final Logger log;

  ExternalBuilder(ExternalBuilderSettings settings, BuildSettings build) {
    this.settings = settings;
    this.mspId = build.mspId();
    this.environment = propagated(settings.propagateEnvironment(), build.environment());
    this.log = LoggerFactory.getLogger("chaincode.externalbuilder." + settings.name());
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public boolean detects(BuildContext context) {
    try {
      execute("detect", context.source(), context.metadata());
      return true;
    } catch (ChaincodeException e) {
      log.debug("builder '{}' detect failed: {}", name(), e.getMessage());
      return false;
    }
  }

  @Override
  public void build(BuildContext context) {
    try {
      execute("build", context.source(), context.metadata(), context.output());
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("external builder '" + name() + "' failed", e);
    }
  }

  @Override
  public void release(BuildContext context) {
    if (!Files.isExecutable(program("release"))) {
      log.debug("Skipping release step for '{}' as no release binary found", context.packageId());
      return;
    }
    try {
      execute("release", context.output(), context.release());
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("builder '" + name() + "' release failed", e);
    }
  }

  @Override
  public BuilderProcess run(String packageId, Path output, PeerConnection connection) {
    Path artifacts = BuildContext.temporaryDirectory("fabric-run");
    try {
      Map<String, String> chaincode = new LinkedHashMap<>();
      chaincode.put("chaincode_id", packageId);
      chaincode.put("peer_address", connection.address());
      chaincode.put("client_cert", connection.clientCertificate());
      chaincode.put("client_key", connection.clientKey());
      chaincode.put("root_cert", connection.rootCertificate());
      chaincode.put("mspid", mspId);
      Files.write(artifacts.resolve("chaincode.json"), Json.bytes(chaincode));
      return start("run", () -> SourceTree.removeQuietly(artifacts), output, artifacts);
    } catch (IOException e) {
      SourceTree.removeQuietly(artifacts);
      throw ChaincodeException.wrap("could not write root cert", e);
    } catch (ChaincodeException e) {
      SourceTree.removeQuietly(artifacts);
      throw ChaincodeException.wrap("builder '" + name() + "' run failed to start", e);
    }
  }

  private void execute(String step, Path... arguments) {
    try {
      start(step, () -> {}, arguments).awaitSuccess();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ChaincodeException("interrupted", e);
    }
  }

  private BuilderProcess start(String step, Runnable atExit, Path... arguments) {
    List<String> command = new java.util.ArrayList<>();
    command.add(program(step).toString());
    for (Path argument : arguments) {
      command.add(argument.toString());
    }
    return BuilderProcess.start(command, environment, log, atExit);
  }

  private Path program(String step) {
    return settings.path().resolve("bin").resolve(step);
  }

  private static Map<String, String> propagated(List<String> names, Map<String, String> all) {
    Map<String, String> seen = new LinkedHashMap<>();
    for (String name : names) {
      propagate(name, all, seen);
    }
    for (String name : ALWAYS_PROPAGATED) {
      propagate(name, all, seen);
    }
    return seen;
  }

  private static void propagate(String name, Map<String, String> from, Map<String, String> to) {
    String value = from.get(name);
    if (value != null) {
      to.put(name, value);
    }
  }
}
