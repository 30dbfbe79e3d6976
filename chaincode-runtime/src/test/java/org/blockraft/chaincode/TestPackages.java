package org.blockraft.chaincode;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Makes packages. */
final class TestPackages {
  private TestPackages() {}

  static ByteString service(String label, String connectionJson) throws IOException {
    return of(
        "{\"type\":\"ccaas\",\"path\":\"\",\"label\":\"" + label + "\"}",
        Map.of("connection.json", connectionJson));
  }

  static ByteString of(String metadata, Map<String, String> code) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("metadata.json", metadata.getBytes(StandardCharsets.UTF_8));
    files.put("code.tar.gz", texts(code));
    return ByteString.copyFrom(tarGz(files));
  }

  static byte[] texts(Map<String, String> files) throws IOException {
    Map<String, byte[]> bytes = new LinkedHashMap<>();
    files.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
    return tarGz(bytes);
  }

  /** Names that end with a slash become folders. */
  static byte[] tarGz(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(out))) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
        entry.setSize(file.getKey().endsWith("/") ? 0 : file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return out.toByteArray();
  }

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(content);
    }
    return out.toByteArray();
  }
}
