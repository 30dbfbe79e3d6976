package org.blockraft.chaincode;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The installed chaincode packages, one file {@code <label>.<hash>.tar.gz} each, the same folder
 * and names as stock's. Safe for use by many threads. Fabric:
 * core/chaincode/persistence/persistence.go.
 */
public final class PackageStore {
  private static final Logger log = LoggerFactory.getLogger("chaincode.persistence");
  private static final Pattern FILE_NAME = Pattern.compile("(.+)[.]([0-9a-f]{64})[.]tar[.]gz");
  private static final String TEMPORARY_PREFIX = ".ccpackage.";

  private final Path directory;
  private final Map<String, InstalledPackage> described = new ConcurrentHashMap<>();

  /**
   * Opens the store, creating its folder if need be.
   *
   * @param directory {@code <peer.fileSystemPath>/lifecycle/chaincodes}
   */
  public PackageStore(Path directory) {
    this.directory = directory;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new ChaincodeException(
          "Could not create _lifecycle chaincodes install path: " + e.getMessage(), e);
    }
  }

  /**
   * Keeps a package; one that is there already is left as it is. Throws if the bytes are no good
   * package.
   */
  public InstalledPackage save(ByteString file) {
    return save(ChaincodePackage.parse(file), file);
  }

  InstalledPackage save(ChaincodePackage parsed, ByteString file) {
    Path target = path(parsed.packageId());
    if (!Files.exists(target)) {
      write(target, file);
    }
    InstalledPackage installed = describe(parsed);
    described.put(installed.packageId(), installed);
    return installed;
  }

  /** The bytes of an installed package, exactly as installed; empty if there is none of this id. */
  public Optional<ByteString> load(String packageId) {
    Path file = path(packageId);
    try {
      return Optional.of(ByteString.copyFrom(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new ChaincodeException(
          "error reading chaincode install package at " + file + ": " + e.getMessage(), e);
    }
  }

  /** Whether a package of this id is installed. */
  public boolean contains(String packageId) {
    return Files.exists(path(packageId));
  }

  /** The bytes of an installed package; throws "chaincode install package 'x' not found". */
  public ByteString require(String packageId) {
    return load(packageId)
        .orElseThrow(
            () ->
                new ChaincodeException("chaincode install package '" + packageId + "' not found"));
  }

  /** Every installed package in order of file name. */
  public List<InstalledPackage> list() {
    List<InstalledPackage> installed = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        Matcher name = FILE_NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          String packageId = name.group(1) + ":" + name.group(2);
          installed.add(described.computeIfAbsent(packageId, id -> read(id, name.group(1))));
        }
      }
    } catch (IOException e) {
      throw new ChaincodeException(
          "error reading chaincode directory at " + directory + ": " + e.getMessage(), e);
    }
    return installed;
  }

  /** Forgets a package; nothing happens if there is none. */
  public void delete(String packageId) {
    described.remove(packageId);
    try {
      Files.deleteIfExists(path(packageId));
    } catch (IOException e) {
      throw new ChaincodeException(e.getMessage(), e);
    }
  }

  private InstalledPackage read(String packageId, String label) {
    try {
      return describe(ChaincodePackage.parse(require(packageId)));
    } catch (ChaincodeException e) {
      log.warn("Cannot read chaincode package '{}'", packageId, e);
      return new InstalledPackage(packageId, label, "", "");
    }
  }

  private static InstalledPackage describe(ChaincodePackage parsed) {
    return new InstalledPackage(parsed.packageId(), parsed.label(), parsed.type(), parsed.path());
  }

  /**
   * Where a package is. The name cannot leave the folder: a slash in an id names no file of ours.
   */
  private Path path(String packageId) {
    String name = packageId.replaceFirst(":", ".") + ".tar.gz";
    return directory.resolve(name.replace('/', '-'));
  }

  /**
   * Writes beside the target and renames, so that a crash leaves no half package under a good name.
   */
  private void write(Path target, ByteString file) {
    try {
      Path temporary = Files.createTempFile(directory, TEMPORARY_PREFIX, "");
      try {
        try (var out = Files.newOutputStream(temporary)) {
          file.writeTo(out);
        }
        move(temporary, target);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new ChaincodeException(
          "error writing chaincode install package to " + target + ": " + e.getMessage(), e);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
