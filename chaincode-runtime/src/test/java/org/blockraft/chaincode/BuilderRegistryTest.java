package org.blockraft.chaincode;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuilderRegistryTest {
  private static final String SHELL_PATH = "/usr/bin:/bin";

  @TempDir Path directory;

  @Test
  void serviceBuilderFillsTemplatesAndKeepsItsOutput() throws Exception {
    Map<String, String> environment =
        Map.of(BuildSettings.SERVICE_CONFIG_VARIABLE, "{\"peername\":\"peer0org1\"}");
    try (TestPeer peer = peer(List.of(), environment)) {
      ByteString file =
          TestPackages.of(
              "{\"type\":\"CCaaS\",\"label\":\"basic\"}",
              Map.of(
                  "connection.json",
                  "{\"address\":\"{{.peername}}_cc:9999\",\"dial_timeout\":\"10s\","
                      + "\"tls_required\":false}",
                  "META-INF/statedb/couchdb/indexes/i.json",
                  "{}"));
      String id = peer.runtime.install(file).packageId();
      assertEquals(
          new ChaincodeServerInfo("peer0org1_cc:9999", Duration.ofSeconds(10), null),
          peer.runtime.build(id));
      Path kept = directory.resolve("builds").resolve(id.replace(':', '-'));
      assertEquals(
          "{\"builder_name\":\"ccaas_builder\"}",
          Files.readString(kept.resolve("build-info.json")));
      assertEquals(
          "{\"address\":\"peer0org1_cc:9999\",\"dial_timeout\":\"10s\",\"tls_required\":false,"
              + "\"client_auth_required\":false,\"root_cert\":\"\",\"client_key\":\"\","
              + "\"client_cert\":\"\"}",
          Files.readString(kept.resolve("release/chaincode/server/connection.json")));
      assertTrue(Files.exists(kept.resolve("release/statedb/couchdb/indexes/i.json")));
      assertTrue(Files.exists(kept.resolve("bld/metadata.json")));
      assertEquals(
          "chaincode already successfully installed (package ID '" + id + "')",
          assertThrows(ChaincodeException.class, () -> peer.runtime.install(file)).getMessage());
      assertTrue(peer.runtime.installOnce(file).isEmpty());
    }
  }

  @Test
  void missingTemplateFieldFailsTheInstallAndDropsThePackage() throws Exception {
    try (TestPeer peer = peer(List.of(), Map.of())) {
      ByteString file =
          TestPackages.service(
              "basic", "{\"address\":\"{{.peername}}:1\",\"dial_timeout\":\"1s\"}");
      assertInstallFails(
          peer,
          file,
          "could not build chaincode: external builder failed: external builder failed to build:"
              + " external builder 'ccaas_builder' failed: exit status 1");
      assertEquals(List.of(), peer.packages.list());
    }
  }

  @Test
  void packageThatNoBuilderTakes() throws Exception {
    try (TestPeer peer = peer(List.of(), Map.of())) {
      assertInstallFails(
          peer,
          TestPackages.of("{\"type\":\"golang\",\"label\":\"x\"}", Map.of("a", "b")),
          "could not build chaincode: docker build failed: docker build is disabled");
      assertInstallFails(
          peer,
          ByteString.copyFromUtf8("more than ten bytes"),
          "could not parse as a chaincode install package: error reading as gzip stream: gzip:"
              + " invalid header");
    }
  }

  @Test
  void externalBuilderSeesItsArgumentsAndLittleEnvironment() throws Exception {
    Path builder = directory.resolve("mybuilder");
    program(builder, "detect", "grep -q mytype \"$2/metadata.json\"");
    program(
        builder,
        "build",
        "cp \"$1/hello.txt\" \"$3/\" && /usr/bin/env > \"$3/environment\" && echo built >&2");
    program(builder, "release", "mkdir -p \"$2/statedb\" && cp \"$1/hello.txt\" \"$2/statedb/\"");
    Map<String, String> environment =
        Map.of("PATH", SHELL_PATH, "SECRET", "s", "WANTED", "w", "TMPDIR", "/tmp");
    List<ExternalBuilderSettings> settings =
        List.of(
            new ExternalBuilderSettings("never", directory.resolve("none"), List.of()),
            new ExternalBuilderSettings("mine", builder, List.of("WANTED", "ABSENT")));
    try (TestPeer peer = peer(settings, environment)) {
      ByteString file =
          TestPackages.of("{\"type\":\"mytype\",\"label\":\"x\"}", Map.of("hello.txt", "hi"));
      String id = peer.runtime.install(file).packageId();
      assertNull(peer.runtime.build(id), "dials the peer");
      Path kept = directory.resolve("builds").resolve(id.replace(':', '-'));
      assertEquals("hi", Files.readString(kept.resolve("bld/hello.txt")));
      assertEquals(
          "hi",
          Files.readString(
              peer.builders.releaseDirectory(id).orElseThrow().resolve("statedb/hello.txt")));
      List<String> seen = Files.readAllLines(kept.resolve("bld/environment"));
      assertTrue(seen.containsAll(List.of("WANTED=w", "PATH=" + SHELL_PATH, "TMPDIR=/tmp")));
      assertFalse(seen.contains("SECRET=s"));
    }
  }

  @Test
  void failingProgramsAreNamed() throws Exception {
    Path builder = directory.resolve("mybuilder");
    program(builder, "detect", "exit 0");
    program(builder, "build", "exit 7");
    List<ExternalBuilderSettings> settings =
        List.of(new ExternalBuilderSettings("mine", builder, List.of()));
    ByteString file = TestPackages.of("{\"type\":\"t\",\"label\":\"x\"}", Map.of("a", "b"));
    try (TestPeer peer = peer(settings, Map.of("PATH", SHELL_PATH))) {
      assertInstallFails(
          peer,
          file,
          "could not build chaincode: external builder failed: external builder failed to build:"
              + " external builder 'mine' failed: exit status 7");
      program(builder, "build", "exit 0");
      program(builder, "release", "kill -9 $$");
      assertInstallFails(
          peer,
          file,
          "could not build chaincode: external builder failed: external builder failed to release:"
              + " builder 'mine' release failed: signal: killed");
      program(builder, "release", "exit 0");
      assertEquals("x", peer.runtime.install(file).label());
    }
  }

  @Test
  void buildOfAnEarlierRunIsFoundAgain() throws Exception {
    ByteString file =
        TestPackages.service("basic", "{\"address\":\"a:1\",\"dial_timeout\":\"1s\"}");
    String id;
    try (TestPeer peer = peer(List.of(), Map.of())) {
      id = peer.runtime.install(file).packageId();
    }
    try (TestPeer peer = peer(List.of(), Map.of())) {
      assertEquals("a:1", peer.runtime.build(id).address());
    }
    try (TestPeer peer = peer(List.of(), Map.of())) {
      assertInstallFails(
          peer, file, "chaincode already successfully installed (package ID '" + id + "')");
      assertTrue(peer.runtime.installOnce(file).isEmpty());
    }
    Path info =
        directory.resolve("builds").resolve(id.replace(':', '-')).resolve("build-info.json");
    Files.writeString(info, "{\"builder_name\":\"gone\"}");
    try (TestPeer peer = peer(List.of(), Map.of())) {
      assertEquals(
          "error building image: external builder failed: existing build could not be restored:"
              + " chaincode '"
              + id
              + "' was already built with builder 'gone', but that builder is no longer available",
          assertThrows(ChaincodeException.class, () -> peer.runtime.build(id)).getMessage());
    }
  }

  @Test
  void runGetsItsArtifactsAndIsEndedBySignals() throws Exception {
    Path builder = directory.resolve("mybuilder");
    Path copy = directory.resolve("copy.json");
    Path place = directory.resolve("place");
    program(builder, "detect", "exit 0");
    program(builder, "build", "exit 0");
    program(
        builder,
        "run",
        "trap 'echo obeyed > "
            + directory.resolve("obeyed")
            + "; exit 0' TERM; cp \"$2/chaincode.json\" "
            + copy
            + "; echo \"$2\" > "
            + place
            + ".new; mv "
            + place
            + ".new "
            + place
            + "; while :; do sleep 0.05; done");
    try (TestPeer peer =
        peer(
            List.of(new ExternalBuilderSettings("mine", builder, List.of())),
            Map.of("PATH", SHELL_PATH))) {
      String id =
          peer.runtime
              .install(TestPackages.of("{\"type\":\"t\",\"label\":\"x\"}", Map.of("a", "b")))
              .packageId();
      peer.runtime.custodian().runnable(id);
      await().until(() -> Files.exists(place));
      assertEquals(
          "{\"chaincode_id\":\""
              + id
              + "\",\"peer_address\":\"p:7052\",\"client_cert\":\"\",\"client_key\":\"\","
              + "\"root_cert\":\"\",\"mspid\":\"Org1MSP\"}",
          Files.readString(copy));
      Path artifacts = Path.of(Files.readString(place).strip());
      assertTrue(Files.exists(artifacts.resolve("chaincode.json")));
      peer.runtime.stop(id);
      assertTrue(Files.exists(directory.resolve("obeyed")));
      assertFalse(Files.exists(artifacts), "removed with the process");
    }
  }

  @Test
  void runThatEndsAtOnceFailsTheLaunch() throws Exception {
    Path builder = directory.resolve("mybuilder");
    program(builder, "detect", "exit 0");
    program(builder, "build", "exit 0");
    program(builder, "run", "exit 3");
    try (TestPeer peer =
        peer(
            List.of(new ExternalBuilderSettings("mine", builder, List.of())),
            Map.of("PATH", SHELL_PATH))) {
      String id =
          peer.runtime
              .install(TestPackages.of("{\"type\":\"t\",\"label\":\"x\"}", Map.of("a", "b")))
              .packageId();
      assertEquals(
          "failed to stop chaincode "
              + id
              + ": error stopping container: instance has not been"
              + " started",
          assertThrows(ChaincodeException.class, () -> peer.runtime.stop(id)).getMessage());
      peer.define("cc", id);
      assertEquals(
          "failed to execute transaction tx1: could not launch chaincode "
              + id
              + ": chaincode registration failed: failed to wait on container exit: builder 'mine'"
              + " run failed: exit status 3",
          assertThrows(ChaincodeException.class, () -> peer.execute("cc", "x")).getMessage());
    }
  }

  @Test
  void archivesMayNotEscape() throws Exception {
    for (String name : new String[] {"../evil", "/evil", "a/../../evil"}) {
      byte[] archive = TestPackages.texts(Map.of(name, "x"));
      assertTrue(
          assertThrows(
                  ChaincodeException.class,
                  () ->
                      SourceTree.untar(new ByteArrayInputStream(archive), directory.resolve("out")))
              .getMessage()
              .startsWith("tar contains the absolute or escaping path '"),
          name);
    }
    SourceTree.untar(
        new ByteArrayInputStream(TestPackages.texts(Map.of("a/b/../..c", "x"))),
        directory.resolve("out"));
    assertTrue(Files.exists(directory.resolve("out/a/..c")));
  }

  @Test
  void linksThatLeaveTheTreeAreNotCopied() throws Exception {
    Path tree = Files.createDirectories(directory.resolve("tree/sub"));
    Files.writeString(tree.resolve("file"), "x");
    Files.createSymbolicLink(tree.resolve("good"), Path.of("../sub/file"));
    SourceTree.copy(directory.resolve("tree"), directory.resolve("copied"));
    assertTrue(Files.isSymbolicLink(directory.resolve("copied/sub/good")));
    Files.createSymbolicLink(tree.resolve("bad"), Path.of("../../secret"));
    assertTrue(
        assertThrows(
                ChaincodeException.class,
                () -> SourceTree.copy(directory.resolve("tree"), directory.resolve("refused")))
            .getMessage()
            .endsWith("pointing outside of source root"));
    assertFalse(Files.exists(directory.resolve("refused")));
  }

  private TestPeer peer(List<ExternalBuilderSettings> builders, Map<String, String> environment) {
    return new TestPeer(
        directory, TestPeer.settings(Duration.ofSeconds(5), null), null, builders, environment);
  }

  private static void assertInstallFails(TestPeer peer, ByteString file, String text) {
    assertEquals(
        text,
        assertThrows(ChaincodeException.class, () -> peer.runtime.install(file)).getMessage());
  }

  private static void program(Path builder, String step, String script) throws IOException {
    Path file = Files.createDirectories(builder.resolve("bin")).resolve(step);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
