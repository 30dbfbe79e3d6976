package org.blockraft.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version that this build was made from. */
final class ProductVersion {
  private ProductVersion() {}

  static String version() {
    Properties properties = new Properties();
    try (InputStream in = ProductVersion.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }

  /** What {@code blockraft version} prints. */
  static String text() {
    return """
        blockraft:
         Version: %s
         Java version: %s
         OS/Arch: %s/%s
         Fabric compatibility: 2.5, 3.1
        """
        .formatted(
            version(),
            Runtime.version(),
            System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT),
            System.getProperty("os.arch"));
  }
}
