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
  private static final Map<String, String> SCRIPTS =
      Map.of(
          "detect", "grep -q '\"type\": *\"ccaas\"' \"$2/metadata.json\"",
          "build", "cp \"$1/connection.json\" \"$3/connection.json\"",
          "release",
              "mkdir -p \"$2/chaincode/server\""
                  + " && cp \"$1/connection.json\" \"$2/chaincode/server/connection.json\"");

  private CcaasBuilderScripts() {}

  /** Writes the scripts below {@code folder} and returns it. */
  public static Path write(Path folder) {
    try {
      Path bin = Files.createDirectories(folder.resolve("bin"));
      for (Map.Entry<String, String> script : SCRIPTS.entrySet()) {
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
