package org.blockraft.chaincode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackageStoreTest {
  private static final String METADATA =
      "{\"type\":\"golang\",\"path\":\"a/b\",\"label\":\"my-cc_1.0+x\"}";

  @TempDir Path directory;

  @Test
  void keepsTheBytesUnderLabelAndHash() throws Exception {
    ByteString file = TestPackages.of(METADATA, Map.of("main.go", "package main"));
    PackageStore store = new PackageStore(directory.resolve("chaincodes"));
    InstalledPackage installed = store.save(file);

    String hash =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file.toByteArray()));
    String id = "my-cc_1.0+x:" + hash;
    assertEquals(new InstalledPackage(id, "my-cc_1.0+x", "golang", "a/b"), installed);
    assertTrue(Files.exists(directory.resolve("chaincodes/my-cc_1.0+x." + hash + ".tar.gz")));
    assertEquals(Optional.of(file), store.load(id));
    assertEquals(installed, store.save(file));
    Files.writeString(directory.resolve("chaincodes/stray.tar.gz"), "x");

    PackageStore reopened = new PackageStore(directory.resolve("chaincodes"));
    assertEquals(List.of(installed), reopened.list());
    reopened.delete(id);
    assertEquals(List.of(), reopened.list());
    assertEquals(Optional.empty(), reopened.load(id));
    assertEquals(
        "chaincode install package '" + id + "' not found",
        assertThrows(ChaincodeException.class, () -> reopened.require(id)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "-a", ".a", "a:b", "a\n", "\u00e4", "a/b"})
  void refusesLabel(String label) {
    assertEquals(
        "invalid label '"
            + label
            + "'. Label must be non-empty, can only consist of alphanumerics, symbols from"
            + " '.+-_', and can only begin with alphanumerics",
        assertThrows(ChaincodeException.class, () -> ChaincodePackage.requireLabel(label))
            .getMessage());
  }

  @Test
  void refusesWhatIsNoPackage() throws Exception {
    assertRefused(ByteString.EMPTY, "error reading as gzip stream: EOF");
    assertRefused(
        ByteString.copyFromUtf8("too short"), "error reading as gzip stream: unexpected EOF");
    assertRefused(
        ByteString.copyFromUtf8("not a gzip file"),
        "error reading as gzip stream: gzip: invalid header");
    assertRefused(
        ByteString.copyFrom(TestPackages.gzip("no tar".getBytes(StandardCharsets.UTF_8))),
        "error inspecting next tar header: unexpected EOF");
    assertRefused(
        ByteString.copyFrom(TestPackages.gzip("x".repeat(2048).getBytes(StandardCharsets.UTF_8))),
        "error inspecting next tar header: archive/tar: invalid tar header");
    assertRefused(
        files("metadata.json", METADATA), "did not find a code package inside the package");
    assertRefused(
        files("code.tar.gz", "x"), "did not find any package metadata (missing metadata.json)");
    assertRefused(
        files("metadata.json", "bad", "code.tar.gz", "x"),
        "could not unmarshal metadata.json as json: invalid character 'b' looking for beginning of"
            + " value");
    assertRefused(
        files("folder/", "", "code.tar.gz", "x"),
        "tar entry folder/ is not a regular file, type 53");
  }

  @Test
  void otherFilesAreOnlyWarnedOf() throws Exception {
    ByteString file = files("surprise.txt", "!", "metadata.json", METADATA, "code.tar.gz", "x");
    assertEquals("golang", ChaincodePackage.parse(file).type());
  }

  @Test
  void codeMustBeATar() throws Exception {
    ChaincodePackage parsed =
        ChaincodePackage.parse(files("metadata.json", METADATA, "code.tar.gz", "x"));
    assertEquals(
        "error retrieving DB artifacts from code package: unexpected EOF",
        assertThrows(ChaincodeException.class, parsed::requireReadableCode).getMessage());
  }

  private static ByteString files(String... namesAndTexts) throws Exception {
    Map<String, String> files = new LinkedHashMap<>();
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      files.put(namesAndTexts[i], namesAndTexts[i + 1]);
    }
    return ByteString.copyFrom(TestPackages.texts(files));
  }

  private static void assertRefused(ByteString file, String text) {
    assertEquals(
        text,
        assertThrows(ChaincodeException.class, () -> ChaincodePackage.parse(file)).getMessage());
  }
}
