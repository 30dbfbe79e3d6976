package org.blockraft.chaincode;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A chaincode package taken apart: a gzip-ed tar of metadata.json and code.tar.gz. Immutable.
 * Fabric: core/chaincode/persistence/chaincode_package.go.
 *
 * @param packageId {@code label:hex(SHA-256 of the package file)}
 * @param label the label, unique only together with the hash
 * @param type the chaincode type, which builders look at
 * @param path the code path, which builders may look at
 * @param metadata the bytes of metadata.json
 * @param code the bytes of code.tar.gz
 */
public record ChaincodePackage(
    String packageId,
    String label,
    String type,
    String path,
    ByteString metadata,
    ByteString code) {
  private static final Logger log = LoggerFactory.getLogger("chaincode.persistence");

  private static final String METADATA_FILE = "metadata.json";
  private static final String CODE_FILE = "code.tar.gz";
  private static final Pattern LABEL = Pattern.compile("[0-9A-Za-z][0-9A-Za-z_.+-]*");

  /**
   * Takes a package apart; throws {@link ChaincodeException} with stock's text if it is not a good
   * one.
   */
  public static ChaincodePackage parse(ByteString file) {
    byte[] metadata = null;
    byte[] code = null;
    JsonNode fields = null;
    try (TarArchiveInputStream tar = open(file)) {
      for (TarArchiveEntry entry = next(tar); entry != null; entry = next(tar)) {
        String name = entry.getName();
        if (!Archives.regular(entry)) {
          throw new ChaincodeException(
              "tar entry " + name + " is not a regular file, type " + Archives.type(entry));
        }
        byte[] content = content(tar, entry);
        switch (name) {
          case METADATA_FILE -> {
            metadata = content;
            fields = metadataFields(content);
          }
          case CODE_FILE -> code = content;
          default ->
              log.warn("Encountered unexpected file '{}' in top level of chaincode package", name);
        }
      }
    } catch (java.io.IOException e) {
      throw new ChaincodeException("error inspecting next tar header: " + e.getMessage(), e);
    }
    if (code == null) {
      throw new ChaincodeException("did not find a code package inside the package");
    }
    if (fields == null) {
      throw new ChaincodeException("did not find any package metadata (missing metadata.json)");
    }
    String label = Json.text(fields, "label");
    requireLabel(label);
    return new ChaincodePackage(
        packageId(label, file),
        label,
        Json.text(fields, "type"),
        Json.text(fields, "path"),
        UnsafeByteOperations.unsafeWrap(metadata),
        UnsafeByteOperations.unsafeWrap(code));
  }

  /** Throws if a label has a character that stock does not allow. */
  public static void requireLabel(String label) {
    if (!LABEL.matcher(label).matches()) {
      throw new ChaincodeException(
          "invalid label '"
              + label
              + "'. Label must be non-empty, can only consist of alphanumerics, symbols from '.+-_',"
              + " and can only begin with alphanumerics");
    }
  }

  /** The package id of a package file. */
  public static String packageId(String label, ByteString file) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (java.nio.ByteBuffer part : file.asReadOnlyByteBufferList()) {
        sha256.update(part);
      }
      return label + ":" + HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Throws if the code is not a gzip-ed tar; stock looks for index definitions in it at install.
   */
  void requireReadableCode() {
    try (TarArchiveInputStream tar = Archives.tar(Archives.gunzip(code.newInput()))) {
      while (Archives.next(tar) != null) {
        // Only the walk counts.
      }
    } catch (java.io.IOException | ChaincodeException e) {
      throw ChaincodeException.wrap("error retrieving DB artifacts from code package", e);
    }
  }

  private static TarArchiveInputStream open(ByteString file) {
    java.io.InputStream unzipped;
    try {
      unzipped = Archives.gunzip(file.newInput());
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("error reading as gzip stream", e);
    }
    try {
      return Archives.tar(unzipped);
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("error inspecting next tar header", e);
    }
  }

  private static TarArchiveEntry next(TarArchiveInputStream tar) {
    try {
      return Archives.next(tar);
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("error inspecting next tar header", e);
    }
  }

  private static byte[] content(TarArchiveInputStream tar, TarArchiveEntry entry) {
    try {
      return Archives.content(tar, entry);
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("could not read " + entry.getName() + " from tar", e);
    }
  }

  private static JsonNode metadataFields(byte[] content) {
    try {
      JsonNode fields = Json.object(content);
      Json.text(fields, "type");
      Json.text(fields, "path");
      Json.text(fields, "label");
      return fields;
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("could not unmarshal metadata.json as json", e);
    }
  }
}
