package org.blockraft.configs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The YAML files of a deployment, as plain maps and lists. */
final class Deployment {
  static final Path FOLDER = Path.of("").toAbsolutePath();

  private Deployment() {}

  /** All documents of a file. */
  static List<Map<String, Object>> documents(String file) throws IOException {
    List<Map<String, Object>> documents = new ArrayList<>();
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    for (Object document : yaml.loadAll(Files.readString(FOLDER.resolve(file)))) {
      documents.add(map(document));
    }
    return documents;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object node) {
    return (Map<String, Object>) node;
  }

  /** The maps of a list. */
  static List<Map<String, Object>> maps(Object node) {
    return ((List<?>) node).stream().map(Deployment::map).toList();
  }

  static List<String> texts(Object node) {
    return ((List<?>) node).stream().map(String::valueOf).toList();
  }

  /** What is found at a path of keys. */
  static Object at(Map<String, Object> root, String... path) {
    Object node = root;
    for (String key : path) {
      node =
          Optional.ofNullable(map(node).get(key))
              .orElseThrow(() -> new AssertionError("no " + String.join(".", path)));
    }
    return node;
  }

  static Map<String, String> environment(Map<String, Object> values) {
    Map<String, String> environment = new HashMap<>();
    values.forEach((name, value) -> environment.put(name, String.valueOf(value)));
    return environment;
  }

  static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  static String host(String address) {
    return address.substring(0, address.lastIndexOf(':'));
  }
}
