package org.blockraft.peer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code core.yaml} with {@code CORE_*} overrides, read by the rules of Fabric's viper: keys are
 * case-insensitive, a non-empty environment variable wins over the file, an empty one counts as
 * unset, lists in the environment are separated by spaces, durations are Go's, and relative paths
 * start at the folder of core.yaml.
 *
 * <p>Immutable. Source: Fabric {@code core/config/config.go}, {@code common/viperutil}.
 */
public final class CoreYaml {
  /** Where stock looks when {@code FABRIC_CFG_PATH} is not set, after the working directory. */
  private static final Path OFFICIAL_PATH = Path.of("/etc/hyperledger/fabric");

  private static final String ENV_PREFIX = "CORE_";
  private static final YAMLMapper YAML = new YAMLMapper();

  private final Path folder;
  private final JsonNode root;
  private final Map<String, String> environment;

  private CoreYaml(Path folder, JsonNode root, Map<String, String> environment) {
    this.folder = folder;
    this.root = root;
    this.environment = environment;
  }

  /** Finds and reads core.yaml as {@code peer node start} does. */
  public static CoreYaml load(Map<String, String> environment) {
    String configured = environment.getOrDefault("FABRIC_CFG_PATH", "");
    Path folder;
    if (!configured.isEmpty()) {
      folder = Path.of(configured);
      if (!Files.isDirectory(folder)) {
        throw new ConfigurationException(
            "FABRIC_CFG_PATH %s does not exist or is not a folder".formatted(configured));
      }
    } else {
      folder = Files.exists(Path.of("core.yaml")) ? Path.of("") : OFFICIAL_PATH;
    }
    Path file = folder.resolve("core.yaml").toAbsolutePath();
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(
          "Could not find config file. Please make sure that FABRIC_CFG_PATH is set to a path"
              + " which contains core.yaml (looked for "
              + file
              + ")");
    }
    try {
      return parse(file.getParent(), Files.readString(file), environment);
    } catch (IOException e) {
      throw new ConfigurationException("Error when reading core config file: " + file, e);
    }
  }

  /** Reads {@code yaml} as if it stood in {@code folder}. */
  static CoreYaml parse(Path folder, String yaml, Map<String, String> environment) {
    try {
      JsonNode root = lowerCaseKeys(YAML.readTree(yaml));
      JsonNode checked = root.isObject() ? root : JsonNodeFactory.instance.objectNode();
      return new CoreYaml(folder.toAbsolutePath().normalize(), checked, Map.copyOf(environment));
    } catch (JsonProcessingException e) {
      throw new ConfigurationException("Error when reading core config file: " + e.getMessage(), e);
    }
  }

  private static JsonNode lowerCaseKeys(JsonNode node) {
    if (node.isArray()) {
      var array = JsonNodeFactory.instance.arrayNode();
      node.forEach(element -> array.add(lowerCaseKeys(element)));
      return array;
    }
    if (!node.isObject()) {
      return node;
    }
    ObjectNode lowered = JsonNodeFactory.instance.objectNode();
    node.properties()
        .forEach(
            e -> lowered.set(e.getKey().toLowerCase(Locale.ROOT), lowerCaseKeys(e.getValue())));
    return lowered;
  }

  /** The folder that relative paths start at. */
  public Path folder() {
    return folder;
  }

  /** The value under a dotted key, environment first; empty when unset or null. */
  Optional<JsonNode> node(String key) {
    String fromEnvironment = environment.get(environmentName(key));
    if (fromEnvironment != null && !fromEnvironment.isEmpty()) {
      return Optional.of(TextNode.valueOf(fromEnvironment));
    }
    JsonNode node = root;
    for (String part : key.toLowerCase(Locale.ROOT).split("\\.")) {
      node = node.path(part);
    }
    return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node);
  }

  static String environmentName(String key) {
    return ENV_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_');
  }

  public boolean isSet(String key) {
    return node(key).isPresent();
  }

  public String text(String key, String fallback) {
    return node(key).map(JsonNode::asText).filter(t -> !t.isEmpty()).orElse(fallback);
  }

  /** Go's ParseBool spellings. */
  public boolean flag(String key, boolean fallback) {
    String text = text(key, "");
    return switch (text) {
      case "" -> fallback;
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> throw bad(key, text, "true or false");
    };
  }

  public int integer(String key, int fallback) {
    String text = text(key, "");
    try {
      return text.isEmpty() ? fallback : Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw bad(key, text, "a whole number");
    }
  }

  public double decimal(String key, double fallback) {
    String text = text(key, "");
    try {
      return text.isEmpty() ? fallback : Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw bad(key, text, "a number");
    }
  }

  public Duration duration(String key, Duration fallback) {
    String text = text(key, "");
    try {
      return text.isEmpty() ? fallback : GoDuration.parse(text);
    } catch (IllegalArgumentException e) {
      throw bad(key, text, "a duration such as 30s");
    }
  }

  /** A path, made absolute against {@link #folder()}; empty when unset. */
  public Optional<Path> path(String key) {
    String text = text(key, "");
    return text.isEmpty() ? Optional.empty() : Optional.of(folder.resolve(text).normalize());
  }

  /** A path that must be set. */
  public Path requiredPath(String key) {
    return path(key).orElseThrow(() -> new ConfigurationException(key + " isn't set"));
  }

  /** A list of texts; one given in the environment is split at white space. */
  public List<String> texts(String key) {
    JsonNode node = node(key).orElse(null);
    if (node == null) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    if (node.isArray()) {
      node.forEach(element -> texts.add(element.asText()));
    } else {
      for (String word : node.asText().strip().split("\\s+")) {
        if (!word.isEmpty()) {
          texts.add(word);
        }
      }
    }
    return List.copyOf(texts);
  }

  /** A list of objects; the environment may hold it as YAML text. Keys are lower case. */
  public List<JsonNode> objects(String key) {
    JsonNode node = node(key).orElse(null);
    if (node == null) {
      return List.of();
    }
    if (node.isTextual()) {
      try {
        node = lowerCaseKeys(YAML.readTree(node.asText()));
      } catch (JsonProcessingException e) {
        throw bad(key, node.asText(), "a YAML list");
      }
    }
    List<JsonNode> objects = new ArrayList<>();
    node.forEach(objects::add);
    return List.copyOf(objects);
  }

  /** Every dotted key (lower case) that the file or the environment sets to something. */
  Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    collect("", root, keys);
    return keys;
  }

  /** The names of the {@code CORE_*} variables that are set, without the prefix, upper case. */
  Set<String> environmentKeys() {
    Set<String> names = new TreeSet<>();
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(ENV_PREFIX) && !value.isEmpty()) {
            names.add(name.substring(ENV_PREFIX.length()));
          }
        });
    return names;
  }

  private static void collect(String prefix, JsonNode node, Set<String> keys) {
    if (node.isObject() && !node.isEmpty()) {
      node.properties()
          .forEach(
              e ->
                  collect(prefix + (prefix.isEmpty() ? "" : ".") + e.getKey(), e.getValue(), keys));
    } else if (node.isArray() ? !node.isEmpty() : !node.isNull() && !node.asText().isEmpty()) {
      keys.add(prefix);
    }
  }

  private static ConfigurationException bad(String key, String value, String wanted) {
    return new ConfigurationException(
        "%s is \"%s\", which is not %s".formatted(key, value, wanted));
  }
}
