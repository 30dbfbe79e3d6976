package org.blockraft.testnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** The external builder that a stock peer outside of a container needs for ccaas packages. */
public final class CcaasBuilderScripts {
  private static final String DETECT = "grep -q '\"type\": *\"ccaas\"' \"$2/metadata.json\"";
  private static final String RELEASE =
      "mkdir -p \"$2/chaincode/server\""
          + " && cp \"$1/connection.json\" \"$2/chaincode/server/connection.json\"";

  private CcaasBuilderScripts() {}

  /** Writes the scripts below {@code folder} and returns it. */
  public static Path write(Path folder) {
    return write(folder, Map.of());
  }

  /** The same, for packages with templates, which are filled with these values. */
  static Path write(Path folder, Map<String, String> values) {
    StringBuilder build = new StringBuilder("sed");
    values.forEach((name, value) -> build.append(" -e 's/{{\\.%s}}/%s/g'".formatted(name, value)));
    build.append(" -e '' \"$1/connection.json\" > \"$3/connection.json\"");
    Map<String, String> scripts =
        Map.of("detect", DETECT, "build", build.toString(), "release", RELEASE);
    try {
      Path bin = Files.createDirectories(folder.resolve("bin"));
      for (Map.Entry<String, String> script : scripts.entrySet()) {
        Path file = bin.resolve(script.getKey());
        Files.write(
            file, ("#!/bin/sh\n" + script.getValue() + "\n").getBytes(StandardCharsets.UTF_8));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
