package org.blockraft.chaincode;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The builders of this peer, and what they built. The first builder that recognizes a package
 * builds it, and the output is kept in {@code <builds>/<package id>/{bld,release,build-info.json}},
 * the layout of a stock peer. Configured builders come first; the builder of chaincode as a service
 * is built in: it stands in for a configured one of that name whose programs are not on this
 * machine, and else comes last. Safe for use by many threads, one build of a package at a time
 * being the caller's duty. Fabric: core/container/externalbuilder/externalbuilder.go, Detector.
 */
public final class BuilderRegistry {
  private static final Logger log = LoggerFactory.getLogger("chaincode.externalbuilder");
  private static final String SERVICE_BUILDER = "ccaas_builder";
  private static final String BUILD_INFO = "build-info.json";
  private static final String INCOMPLETE_PREFIX = ".incomplete-";

  private final Path directory;
  private final List<Builder> builders;

  /** The builders of the settings; creates the folder of builds. */
  public BuilderRegistry(BuildSettings settings) {
    this.directory = settings.buildsDirectory();
    this.builders = builders(settings);
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw ChaincodeException.wrap("could not create externalbuilder build output dir", e);
    }
  }

  /**
   * The folder {@code release} of a built package, where its index definitions are; empty if the
   * package is not built.
   */
  public Optional<Path> releaseDirectory(String packageId) {
    Path release = durable(packageId).resolve("release");
    return Files.isDirectory(release) ? Optional.of(release) : Optional.empty();
  }

  /** Builds a package, or finds what was built of it before; throws with stock's text. */
  BuiltChaincode build(String packageId, PackageStore packages) {
    BuiltChaincode built;
    try {
      built = restored(packageId);
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap(
          "external builder failed: existing build could not be restored", e);
    }
    if (built != null) {
      return built;
    }
    ChaincodePackage unpacked = unpack(packageId, packages);
    try {
      built = build(unpacked);
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("external builder failed", e);
    }
    if (built == null) {
      throw new ChaincodeException("docker build failed: docker build is disabled");
    }
    return built;
  }

  private static ChaincodePackage unpack(String packageId, PackageStore packages) {
    Optional<ByteString> file = packages.load(packageId);
    if (file.isEmpty()) {
      throw new ChaincodeException(
          "failed to get chaincode package for external build: could not get legacy chaincode"
              + " package '"
              + packageId
              + "': chaincode install package '"
              + packageId
              + "' not found");
    }
    try {
      return ChaincodePackage.parse(file.get());
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap(
          "failed to get chaincode package for external build: error retrieving chaincode package"
              + " metadata '"
              + packageId
              + "'",
          e);
    }
  }

  private BuiltChaincode build(ChaincodePackage unpacked) {
    BuildContext created;
    try {
      created = BuildContext.create(unpacked);
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("could not create build context", e);
    }
    try (BuildContext context = created) {
      for (Builder builder : builders) {
        if (builder.detects(context)) {
          return build(builder, context);
        }
      }
      log.debug("no external builder detected for {}", unpacked.packageId());
      return null;
    }
  }

  private BuiltChaincode build(Builder builder, BuildContext context) {
    try {
      builder.build(context);
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("external builder failed to build", e);
    }
    try {
      builder.release(context);
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("external builder failed to release", e);
    }
    Path durable = durable(context.packageId());
    keep(builder, context, durable);
    return new BuiltChaincode(context.packageId(), builder, durable);
  }

  /** Makes the folder under another name and renames it, so that a crash leaves no half build. */
  private static void keep(Builder builder, BuildContext context, Path durable) {
    Path incomplete = durable.resolveSibling(INCOMPLETE_PREFIX + durable.getFileName());
    SourceTree.removeQuietly(incomplete);
    try {
      SourceTree.privateDirectory(incomplete);
    } catch (IOException e) {
      throw ChaincodeException.wrap(
          "could not create dir '" + durable + "' to persist build output", e);
    }
    try {
      keep("release", context.release(), incomplete);
      keep("bld", context.output(), incomplete);
      Map<String, String> info = new LinkedHashMap<>();
      info.put("builder_name", builder.name());
      Files.write(incomplete.resolve(BUILD_INFO), Json.bytes(info));
      Files.move(incomplete, durable);
    } catch (IOException e) {
      throw ChaincodeException.wrap("could not write build-info.json", e);
    } finally {
      SourceTree.removeQuietly(incomplete);
    }
  }

  private static void keep(String part, Path from, Path durable) {
    try {
      SourceTree.copy(from, durable.resolve(part));
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap(
          "could not move or copy build context "
              + part
              + " to persistent location '"
              + durable
              + "'",
          e);
    }
  }

  private BuiltChaincode restored(String packageId) {
    Path durable = durable(packageId);
    if (!Files.exists(durable)) {
      return null;
    }
    Path file = durable.resolve(BUILD_INFO);
    String builderName;
    try {
      builderName = Json.text(Json.object(Files.readAllBytes(file)), "builder_name");
    } catch (IOException e) {
      throw ChaincodeException.wrap("could not read '" + file + "' for build info", e);
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("malformed build info at '" + file + "'", e);
    }
    for (Builder builder : builders) {
      if (builder.name().equals(builderName)) {
        return new BuiltChaincode(packageId, builder, durable);
      }
    }
    throw new ChaincodeException(
        "chaincode '"
            + packageId
            + "' was already built with builder '"
            + builderName
            + "', but that builder is no longer available");
  }

  private Path durable(String packageId) {
    return directory.resolve(BuildContext.fileName(packageId));
  }

  private static List<Builder> builders(BuildSettings settings) {
    String templates = settings.environment().get(BuildSettings.SERVICE_CONFIG_VARIABLE);
    List<Builder> builders = new ArrayList<>();
    boolean service = false;
    for (ExternalBuilderSettings configured : settings.builders()) {
      boolean named = configured.name().equals(SERVICE_BUILDER);
      service |= named;
      if (named && !Files.exists(configured.path().resolve("bin/detect"))) {
        builders.add(new ServiceBuilder(SERVICE_BUILDER, templates));
      } else {
        builders.add(new ExternalBuilder(configured, settings));
      }
    }
    if (!service) {
      builders.add(new ServiceBuilder(SERVICE_BUILDER, templates));
    }
    return List.copyOf(builders);
  }
}
