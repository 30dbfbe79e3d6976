package org.blockraft.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.zip.GZIPInputStream;

/** Answers of stock Fabric (v2: 2.5.16, v3: 3.1.5), recorded with its own MSP library. */
final class Recorded {
  private Recorded() {}

  static JsonNode read(String name) {
    try (InputStream in = Recorded.class.getResourceAsStream("/identity/" + name + ".json.gz")) {
      return new ObjectMapper().readTree(new GZIPInputStream(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ByteString bytes(JsonNode base64) {
    return ByteString.copyFrom(Base64.getDecoder().decode(base64.asText()));
  }

  /** What an action refuses with; empty if it does not. */
  static String refusal(Runnable action) {
    try {
      action.run();
      return "";
    } catch (IdentityException e) {
      return e.getMessage();
    }
  }

  /** Whether a text is the recorded one, of which long ones are cut. */
  static boolean same(String recorded, String text) {
    // Texts of the decoders below Fabric's own are not repeated word for word.
    for (String start : new String[] {"asn1: ", "with subject ", "Certificate [", "chain for ["}) {
      int at = recorded.indexOf(start);
      if (at >= 0) {
        return text.startsWith(recorded.substring(0, at + start.length()));
      }
    }
    if (recorded.endsWith("...")) {
      return text.startsWith(recorded.substring(0, recorded.length() - 3));
    }
    return recorded.equals(text);
  }
}
