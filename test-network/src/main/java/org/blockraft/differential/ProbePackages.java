package org.blockraft.differential;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.blockraft.testnet.PackageFile;

/**
 * The packages of the probe chaincodes. Their address is a template, so that their ids do not
 * depend on the ports of a run: recorded transactions name them.
 */
final class ProbePackages {
  /** The chaincode that is upgraded, before and after, and one that must be initialized. */
  static final List<String> LABELS = List.of("probe_1", "probe_2", "other_1");

  private ProbePackages() {}

  static PackageFile file(String label) {
    return PackageFile.ofServer(label, "127.0.0.1:{{.%s}}".formatted(label));
  }

  /** The port of each package's server. */
  static Map<String, Integer> ports(int first) {
    return IntStream.range(0, LABELS.size())
        .boxed()
        .collect(Collectors.toMap(LABELS::get, i -> first + i));
  }

  /** The arguments of the server process. */
  static List<String> serverArguments(int first) {
    Map<String, Integer> ports = ports(first);
    return LABELS.stream().map(label -> ports.get(label) + "=" + file(label).id()).toList();
  }

  /** Writes an external builder that fills the templates, and returns its folder. */
  static Path writeBuilder(Path folder, int firstPort) {
    String edits =
        ports(firstPort).entrySet().stream()
            .map(port -> "-e 's/{{.%s}}/%d/'".formatted(port.getKey(), port.getValue()))
            .sorted()
            .collect(Collectors.joining(" "));
    script(folder, "detect", "grep -q '\"type\": *\"ccaas\"' \"$2/metadata.json\"");
    script(
        folder, "build", "sed %s \"$1/connection.json\" > \"$3/connection.json\"".formatted(edits));
    script(
        folder,
        "release",
        "mkdir -p \"$2/chaincode/server\""
            + " && cp \"$1/connection.json\" \"$2/chaincode/server/connection.json\"");
    return folder;
  }

  private static void script(Path folder, String name, String command) {
    try {
      Path file = Files.createDirectories(folder.resolve("bin")).resolve(name);
      Files.write(file, ("#!/bin/sh\n" + command + "\n").getBytes(StandardCharsets.UTF_8));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
