package org.blockraft.chaincode;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Reads gzip-ed tar files and reports damage in the words of Go's readers, which clients of stock
 * peers see.
 */
final class Archives {
  private static final int TAR_RECORD_BYTES = 512;

  /**
   * The most bytes one entry may unpack to: a package travels in one message of at most 100 MiB,
   * and code does not shrink more than tenfold.
   */
  static final int ENTRY_BYTES_MAX = 1 << 30;

  private static final int GZIP_HEADER_BYTES = 10; // RFC 1952, without the optional fields

  private Archives() {}

  /** Opens a gzip stream; throws with Go's words for "not gzip". */
  static InputStream gunzip(InputStream compressed) {
    BufferedInputStream in = new BufferedInputStream(compressed);
    try {
      in.mark(GZIP_HEADER_BYTES);
      int present = in.readNBytes(GZIP_HEADER_BYTES).length;
      if (present < GZIP_HEADER_BYTES) { // Go reads the fixed header whole before it looks at it
        throw new ChaincodeException(present == 0 ? "EOF" : "unexpected EOF");
      }
      in.reset();
      return new BufferedInputStream(new GZIPInputStream(in));
    } catch (ZipException e) {
      throw new ChaincodeException("gzip: invalid header", e);
    } catch (EOFException e) {
      throw new ChaincodeException("unexpected EOF", e);
    } catch (IOException e) {
      throw new ChaincodeException(e.getMessage(), e);
    }
  }

  /** Opens the tar in an unzipped stream; fails on less than one record. */
  static TarArchiveInputStream tar(InputStream unzipped) {
    try {
      unzipped.mark(TAR_RECORD_BYTES);
      int bytes = unzipped.readNBytes(TAR_RECORD_BYTES).length;
      if (bytes > 0 && bytes < TAR_RECORD_BYTES) {
        throw new ChaincodeException("unexpected EOF");
      }
      unzipped.reset();
      return new TarArchiveInputStream(unzipped);
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /** The next entry, null at the end; throws with Go's words for a bad header. */
  static TarArchiveEntry next(TarArchiveInputStream tar) {
    try {
      TarArchiveEntry entry = tar.getNextEntry();
      if (entry != null && !entry.isCheckSumOK()) {
        throw new ChaincodeException("archive/tar: invalid tar header");
      }
      return entry;
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  /** The content of the current entry. */
  static byte[] content(TarArchiveInputStream tar, TarArchiveEntry entry) {
    if (entry.getSize() > ENTRY_BYTES_MAX) {
      throw new ChaincodeException("unexpected EOF");
    }
    try {
      byte[] content = tar.readNBytes((int) entry.getSize());
      if (content.length != entry.getSize()) {
        throw new ChaincodeException("unexpected EOF");
      }
      return content;
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /** Whether the entry is a plain file. */
  static boolean regular(TarArchiveEntry entry) {
    return type(entry) == TarConstants.LF_NORMAL;
  }

  /**
   * The type byte as Go's reader gives it: the old style NUL is a file or, with a trailing slash, a
   * directory.
   */
  static byte type(TarArchiveEntry entry) {
    byte type = entry.getLinkFlag();
    if (type == TarConstants.LF_OLDNORM) {
      return entry.getName().endsWith("/") ? TarConstants.LF_DIR : TarConstants.LF_NORMAL;
    }
    return type;
  }

  private static ChaincodeException damaged(Exception cause) {
    if (cause instanceof EOFException
        || String.valueOf(cause.getMessage()).startsWith("Truncated")) {
      return new ChaincodeException("unexpected EOF", cause);
    }
    if (cause instanceof ZipException) {
      return new ChaincodeException("gzip: invalid checksum", cause);
    }
    return new ChaincodeException("archive/tar: invalid tar header", cause);
  }
}
