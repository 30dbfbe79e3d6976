package org.blockraft.testnet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A configuration file of this module's resources with <code>${name}</code> filled in. */
public final class Template {
  private Template() {}

  public static void write(String resource, Map<String, String> values, Path file) {
    try (InputStream in = Template.class.getResourceAsStream(resource)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<String, String> value : values.entrySet()) {
        text = text.replace("${" + value.getKey() + "}", value.getValue());
      }
      if (text.contains("${")) {
        throw new IllegalStateException(resource + " has a place that nothing fills");
      }
      Files.createDirectories(file.getParent());
      Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The core.yaml of an organization's peer, ours or a stock one. */
  static void writeCore(
      NetworkFolder folder, NetworkFolder.Org org, PeerPlace place, Path builder, Path file) {
    write(
        "core.yaml",
        Map.of(
            "host", org.peerHost(),
            "port", Integer.toString(place.port()),
            "chaincodePort", Integer.toString(place.chaincodePort()),
            "operationsPort", Integer.toString(place.operationsPort()),
            "node", folder.peerNode(org).toString(),
            "data", folder.data(place.process()).toString(),
            "mspId", org.mspId(),
            "builder", builder.toString()),
        file);
  }
}
