package org.blockraft.testnet;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A chaincode package of type {@code ccaas}: the address of a chaincode server. */
public record PackageFile(String label, ByteString content) {

  public static PackageFile ofServer(String label, String address) {
    String connection =
        "{\"address\":\"%s\",\"dial_timeout\":\"10s\",\"tls_required\":false}".formatted(address);
    byte[] code = tarGz("connection.json", connection.getBytes(StandardCharsets.UTF_8));
    String metadata = "{\"type\":\"ccaas\",\"label\":\"%s\"}".formatted(label);
    byte[] all =
        tarGz("metadata.json", metadata.getBytes(StandardCharsets.UTF_8), "code.tar.gz", code);
    return new PackageFile(label, ByteString.copyFrom(all));
  }

  /** The package id that a peer gives it. */
  public String id() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.toByteArray());
      return label + ":" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] tarGz(Object... namesAndContents) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(out))) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        byte[] content = (byte[]) namesAndContents[i + 1];
        TarArchiveEntry entry = new TarArchiveEntry((String) namesAndContents[i]);
        entry.setSize(content.length);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
