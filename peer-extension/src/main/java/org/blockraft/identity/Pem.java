package org.blockraft.identity;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Finds and writes PEM blocks by the rules of the reader that Fabric uses: a block starts at the
 * beginning of a line, may carry headers, ends with the type it began with; blanks and line breaks
 * inside the base64 text do not matter; blocks that do not parse are passed over.
 *
 * @param type the word between BEGIN and the dashes
 * @param bytes the decoded contents
 * @param rest what follows the block
 */
@SuppressWarnings("ArrayRecordComponent") // shared within the package only, never changed
record Pem(String type, byte[] bytes, byte[] rest) {
  private static final byte[] BEGIN = ascii("-----BEGIN ");
  private static final byte[] END = ascii("\n-----END ");
  private static final byte[] DASHES = ascii("-----");

  /** The first block, or null if there is none. */
  static Pem decode(byte[] data) {
    int base = 0;
    int skip = 0;
    while (true) {
      base += skip;
      if (base > data.length) {
        return null;
      }
      int end = indexOf(data, END, base, data.length);
      if (end < 0) {
        return null;
      }
      int trailer = end + END.length;
      int begin = lastIndexOf(data, BEGIN, base, end);
      if (begin < 0 || (begin > base && data[begin - 1] != '\n')) {
        skip = trailer - base;
        continue;
      }
      Pem found = block(data, begin + BEGIN.length, end, trailer);
      if (found != null) {
        return found;
      }
      base = trailer;
      skip = 0;
    }
  }

  private static Pem block(byte[] data, int typeStart, int end, int trailer) {
    int typeEnd = lineEnd(data, typeStart);
    byte[] typeLine = trimmed(data, typeStart, typeEnd);
    if (!endsWith(typeLine, DASHES)) {
      return null;
    }
    byte[] type = Arrays.copyOf(typeLine, typeLine.length - DASHES.length);
    int body = nextLine(data, typeEnd);
    boolean headers = false;
    while (true) {
      if (body >= data.length) {
        return null;
      }
      int lineEnd = lineEnd(data, body);
      if (indexOf(data, new byte[] {':'}, body, lineEnd) < 0) {
        break;
      }
      headers = true;
      body = nextLine(data, lineEnd);
    }
    if (headers && body > end) {
      return null;
    }
    int trailerLength = type.length + DASHES.length;
    if (data.length - trailer < trailerLength) {
      return null;
    }
    byte[] found = Arrays.copyOfRange(data, trailer, trailer + trailerLength);
    if (!Arrays.equals(type, Arrays.copyOf(found, type.length)) || !endsWith(found, DASHES)) {
      return null;
    }
    int afterTrailer = trailer + trailerLength;
    int lastEnd = lineEnd(data, afterTrailer);
    if (trimmed(data, afterTrailer, lastEnd).length != 0) {
      return null;
    }
    byte[] contents = new byte[0];
    if (end > body) {
      contents = base64(data, body, end);
      if (contents == null) {
        return null;
      }
    }
    byte[] rest = Arrays.copyOfRange(data, nextLine(data, lastEnd), data.length);
    return new Pem(new String(type, StandardCharsets.ISO_8859_1), contents, rest);
  }

  /** One block, 64 columns, line feeds, as this peer serializes its own certificate. */
  static byte[] encode(String type, byte[] contents) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(contents);
    String separator = text.isEmpty() ? "" : "\n";
    return ascii(
        "-----BEGIN " + type + "-----\n" + text + separator + "-----END " + type + "-----\n");
  }

  private static byte[] base64(byte[] data, int from, int to) {
    byte[] dense = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      byte b = data[i];
      if (b != ' ' && b != '\t' && b != '\n' && b != '\r') {
        dense[length++] = b;
      }
    }
    if (length % 4 != 0) {
      return null;
    }
    try {
      return Base64.getDecoder().decode(Arrays.copyOf(dense, length));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The index of the line feed that ends the line, or the end of the data. */
  private static int lineEnd(byte[] data, int from) {
    int at = from;
    while (at < data.length && data[at] != '\n') {
      at++;
    }
    return at;
  }

  private static int nextLine(byte[] data, int lineEnd) {
    return Math.min(lineEnd + 1, data.length);
  }

  /** A line without the carriage return of its line break and then without blanks at its end. */
  private static byte[] trimmed(byte[] data, int from, int to) {
    int last = to;
    if (to < data.length && last > from && data[last - 1] == '\r') {
      last--;
    }
    while (last > from && (data[last - 1] == ' ' || data[last - 1] == '\t')) {
      last--;
    }
    return Arrays.copyOfRange(data, from, last);
  }

  private static boolean endsWith(byte[] data, byte[] suffix) {
    int from = data.length - suffix.length;
    return from >= 0 && Arrays.equals(data, from, data.length, suffix, 0, suffix.length);
  }

  private static int indexOf(byte[] data, byte[] what, int from, int to) {
    for (int i = from; i <= to - what.length; i++) {
      if (Arrays.equals(data, i, i + what.length, what, 0, what.length)) {
        return i;
      }
    }
    return -1;
  }

  private static int lastIndexOf(byte[] data, byte[] what, int from, int to) {
    for (int i = to - what.length; i >= from; i--) {
      if (Arrays.equals(data, i, i + what.length, what, 0, what.length)) {
        return i;
      }
    }
    return -1;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
