package org.blockraft.chaincode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Trees of files on their way through a build: unpacked, copied, removed. Nothing leaves the folder
 * it is unpacked or copied to. Fabric: core/container/externalbuilder/tar.go and copy.go.
 */
final class SourceTree {
  private static final Set<PosixFilePermission> OWNER_ALL =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);
  private static final int MODE_BITS = 9;

  private SourceTree() {}

  /** Unpacks gzip-ed tar bytes; only files and folders, only below the target. */
  static void untar(InputStream archive, Path target) throws IOException {
    try (TarArchiveInputStream tar = Archives.tar(Archives.gunzip(archive))) {
      for (TarArchiveEntry entry = next(tar); entry != null; entry = next(tar)) {
        unpack(tar, entry, target);
      }
    }
  }

  /**
   * Copies a tree with its modes; relative links that stay inside are copied as links, others
   * refused.
   */
  static void copy(Path source, Path target) {
    try {
      Files.walkFileTree(source, copier(source, target));
    } catch (IOException | ChaincodeException e) {
      removeQuietly(target);
      throw ChaincodeException.wrap("failed to copy " + source + " to " + target, e);
    }
  }

  /** Removes a tree; a missing one is no failure, what cannot be removed stays. */
  static void removeQuietly(Path tree) {
    try {
      Files.walkFileTree(tree, REMOVER);
    } catch (IOException e) {
      // What is left over is in a temporary folder of our own.
    }
  }

  /** Makes a folder that only the owner sees. */
  static Path privateDirectory(Path directory) throws IOException {
    Files.createDirectories(directory);
    if (posix(directory)) {
      Files.setPosixFilePermissions(directory, OWNER_ALL);
    }
    return directory;
  }

  private static TarArchiveEntry next(TarArchiveInputStream tar) {
    try {
      return Archives.next(tar);
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("could not get next tar element", e);
    }
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
      throws IOException {
    String name = entry.getName();
    Path relative = relative(name);
    if (relative.isAbsolute() || relative.startsWith("..")) {
      throw new ChaincodeException("tar contains the absolute or escaping path '" + name + "'");
    }
    Path path = target.resolve(relative);
    switch (Archives.type(entry)) {
      case TarConstants.LF_DIR -> Files.createDirectories(path);
      case TarConstants.LF_NORMAL -> {
        Files.createDirectories(path.getParent());
        Files.write(path, Archives.content(tar, entry));
        if (posix(path)) {
          Files.setPosixFilePermissions(path, permissions(entry.getMode()));
        }
      }
      default ->
          throw new ChaincodeException(
              "invalid file type '"
                  + Archives.type(entry)
                  + "' contained in archive for file '"
                  + name
                  + "'");
    }
  }

  private static Path relative(String name) {
    try {
      return Path.of(name).normalize();
    } catch (InvalidPathException e) {
      throw new ChaincodeException("could not create file '" + name + "': invalid argument", e);
    }
  }

  private static boolean posix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** The permissions of a Unix mode. */
  private static Set<PosixFilePermission> permissions(int mode) {
    PosixFilePermission[] all = PosixFilePermission.values(); // in the order rwxrwxrwx
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (int bit = 0; bit < MODE_BITS; bit++) {
      if ((mode >> (MODE_BITS - 1 - bit) & 1) == 1) {
        permissions.add(all[bit]);
      }
    }
    return permissions;
  }

  private static FileVisitor<Path> copier(Path source, Path target) {
    return new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
          throws IOException {
        Path to = target.resolve(source.relativize(path).toString());
        Files.createDirectories(to);
        if (posix(path)) {
          Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(path));
        }
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
          throws IOException {
        Path to = target.resolve(source.relativize(path).toString());
        if (attributes.isSymbolicLink()) {
          requireInside(source, path);
        } else if (!attributes.isRegularFile()) {
          throw new ChaincodeException("refusing to copy unsupported file " + path);
        }
        Files.copy(path, to, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        return FileVisitResult.CONTINUE;
      }
    };
  }

  private static void requireInside(Path root, Path link) throws IOException {
    Path to = Files.readSymbolicLink(link);
    if (to.isAbsolute()) {
      throw new ChaincodeException("refusing to copy absolute symlink " + link + " -> " + to);
    }
    Path end = link.toAbsolutePath().getParent().resolve(to).normalize();
    if (!end.startsWith(root.toAbsolutePath().normalize())) {
      throw new ChaincodeException(
          "refusing to copy symlink " + link + " -> " + to + " pointing outside of source root");
    }
  }

  private static final FileVisitor<Path> REMOVER =
      new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
            throws IOException {
          Files.delete(path);
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException failure) throws IOException {
          if (failure instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
          }
          throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path path, IOException failure)
            throws IOException {
          Files.delete(path);
          return FileVisitResult.CONTINUE;
        }
      };
}
