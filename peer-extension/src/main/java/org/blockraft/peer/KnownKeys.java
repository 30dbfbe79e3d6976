package org.blockraft.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every configuration key of a stock peer and of ours, with what becomes of it: {@code used},
 * {@code ignored} (has no meaning here, so nothing is lost) or {@code unsupported} (would have an
 * effect on a stock peer). A key under {@code blockraft} that is not listed is an error.
 */
final class KnownKeys {
  private static final Logger LOG = LoggerFactory.getLogger(KnownKeys.class);
  private static final String OWN_SECTION = "blockraft.";

  private final Map<String, String> exact = new HashMap<>();
  private final Map<String, String> prefixes = new HashMap<>();

  KnownKeys() {
    try (InputStream in = KnownKeys.class.getResourceAsStream("core-keys.txt");
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      lines
          .lines()
          .map(String::strip)
          .filter(l -> !l.isEmpty() && l.charAt(0) != '#')
          .forEach(this::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(String line) {
    String[] words = line.split("\\s+");
    String key = words[0].toLowerCase(Locale.ROOT);
    if (key.endsWith(".*")) {
      prefixes.put(key.substring(0, key.length() - 1), words[1]);
    } else {
      exact.put(key, words[1]);
    }
  }

  /** All keys of a status, as listed. */
  List<String> keys() {
    return exact.keySet().stream().sorted().toList();
  }

  private String status(String key) {
    String status = exact.get(key);
    if (status != null) {
      return status;
    }
    for (Map.Entry<String, String> prefix : prefixes.entrySet()) {
      if (key.startsWith(prefix.getKey())) {
        return prefix.getValue();
      }
    }
    return exact.keySet().stream().anyMatch(k -> k.startsWith(key + ".")) ? "used" : "unknown";
  }

  /**
   * Checks all keys that are set.
   *
   * @throws ConfigurationException for an unknown key of our own section
   */
  void check(CoreYaml yaml) {
    List<String> unsupported = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (String key : yaml.keys()) {
      switch (status(key)) {
        case "unsupported" -> unsupported.add(key);
        case "unknown" -> unknown.add(key);
        default -> {}
      }
    }
    String ownPrefix = OWN_SECTION.toUpperCase(Locale.ROOT).replace('.', '_');
    for (String name : yaml.environmentKeys()) {
      if (name.startsWith(ownPrefix)
          && exact.keySet().stream().noneMatch(k -> environmentForm(k).equals(name))) {
        throw new ConfigurationException("unknown configuration variable CORE_" + name);
      }
    }
    for (String key : unknown) {
      if (key.startsWith(OWN_SECTION)) {
        throw new ConfigurationException("unknown configuration key " + key);
      }
    }
    if (!unsupported.isEmpty()) {
      LOG.warn(
          "These settings have no effect on this peer yet: {}", String.join(", ", unsupported));
    }
    if (!unknown.isEmpty()) {
      LOG.warn("Fabric has no such settings, ignored: {}", String.join(", ", unknown));
    }
  }

  private static String environmentForm(String key) {
    return key.toUpperCase(Locale.ROOT).replace('.', '_');
  }
}
