package org.blockraft.chaincode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The scratch folders of one build, removed on close: src (the unpacked code), metadata, bld and
 * release. Fabric: core/container/externalbuilder/externalbuilder.go, BuildContext.
 */
record BuildContext(
    String packageId, Path scratch, Path source, Path metadata, Path output, Path release)
    implements AutoCloseable {
  private static final Pattern UNSAFE_IN_FILE_NAME = Pattern.compile("[<>:\"/\\\\|?*&]");

  /** Makes the folders and unpacks the package; throws with stock's text. */
  static BuildContext create(ChaincodePackage unpacked) {
    Path scratch = temporaryDirectory("fabric-" + fileName(unpacked.packageId()));
    BuildContext context =
        new BuildContext(
            unpacked.packageId(),
            scratch,
            scratch.resolve("src"),
            scratch.resolve("metadata"),
            scratch.resolve("bld"),
            scratch.resolve("release"));
    try {
      context.fill(unpacked);
      return context;
    } catch (ChaincodeException e) {
      context.close();
      throw e;
    }
  }

  /** A package id with the characters that file names cannot have replaced by '-'. */
  static String fileName(String packageId) {
    return UNSAFE_IN_FILE_NAME.matcher(packageId).replaceAll("-");
  }

  static Path temporaryDirectory(String prefix) {
    try {
      return Files.createTempDirectory(prefix);
    } catch (IOException e) {
      throw ChaincodeException.wrap("could not create temp dir", e);
    }
  }

  private void fill(ChaincodePackage unpacked) {
    try {
      SourceTree.privateDirectory(source);
      SourceTree.privateDirectory(metadata);
      SourceTree.privateDirectory(output);
      SourceTree.privateDirectory(release);
    } catch (IOException e) {
      throw ChaincodeException.wrap("could not create source dir", e);
    }
    try {
      SourceTree.untar(unpacked.code().newInput(), source);
    } catch (IOException | ChaincodeException e) {
      throw ChaincodeException.wrap("could not untar source package", e);
    }
    try {
      Files.write(metadata.resolve("metadata.json"), unpacked.metadata().toByteArray());
    } catch (IOException e) {
      throw ChaincodeException.wrap("could not write metadata file", e);
    }
  }

  @Override
  public void close() {
    SourceTree.removeQuietly(scratch);
  }
}
