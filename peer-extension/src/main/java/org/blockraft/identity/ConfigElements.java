package org.blockraft.identity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ConfigPolicy;
import org.hyperledger.fabric.protos.common.ConfigValue;

/**
 * A configuration tree laid flat, by a path that tells the kind of element too; and the way back.
 *
 * <p>Fabric: common/configtx/configmap.go.
 */
final class ConfigElements {
  private static final String GROUP = "[Group]  ";
  private static final String VALUE = "[Value]  ";
  private static final String POLICY = "[Policy] ";

  /**
   * Channels made by Fabric 1.0 may have elements without a modification policy, which nobody could
   * ever modify. From the day the ordering service has capabilities, each such element gets this
   * one.
   */
  private static final String ADOPTED_MOD_POLICY = "Admins";

  private static final String ORDERER_CAPABILITIES = VALUE + "/Channel/Orderer/Capabilities";

  private final Map<String, ConfigElement> byPath;

  private ConfigElements(Map<String, ConfigElement> byPath) {
    this.byPath = Collections.unmodifiableMap(byPath);
  }

  static ConfigElements none() {
    return new ConfigElements(Map.of());
  }

  /**
   * Lays a tree flat.
   *
   * @throws ConfigException if a key is malformed
   */
  static ConfigElements of(ConfigGroup root) {
    Map<String, ConfigElement> elements = new LinkedHashMap<>();
    addGroup(elements, List.of(), ConfigNames.CHANNEL, root);
    return new ConfigElements(elements);
  }

  Map<String, ConfigElement> byPath() {
    return byPath;
  }

  /** These elements, replaced and extended by others. */
  ConfigElements overlaid(Map<String, ConfigElement> others) {
    Map<String, ConfigElement> merged = new LinkedHashMap<>(byPath);
    merged.putAll(others);
    return new ConfigElements(merged);
  }

  private static void addGroup(
      Map<String, ConfigElement> elements, List<String> path, String key, ConfigGroup group) {
    add(elements, GROUP, new ConfigElement.Group(path, key, group));
    List<String> inner = new ArrayList<>(path);
    inner.add(key);
    List<String> innerPath = List.copyOf(inner);
    group.getGroupsMap().forEach((name, sub) -> addGroup(elements, innerPath, name, sub));
    group
        .getValuesMap()
        .forEach(
            (name, value) -> add(elements, VALUE, new ConfigElement.Value(innerPath, name, value)));
    group
        .getPoliciesMap()
        .forEach(
            (name, policy) ->
                add(elements, POLICY, new ConfigElement.Rule(innerPath, name, policy)));
  }

  private static void add(Map<String, ConfigElement> elements, String kind, ConfigElement element) {
    try {
      ConfigNames.checkElementKey(element.key());
    } catch (ConfigException e) {
      throw ConfigException.wrap(e, "illegal characters in key: " + kind);
    }
    StringBuilder path = new StringBuilder(kind);
    element.path().forEach(group -> path.append('/').append(group));
    elements.put(path.append('/').append(element.key()).toString(), element);
  }

  /**
   * Builds the tree again.
   *
   * @throws ConfigException if a group names an element that is not here
   */
  ConfigGroup toGroup() {
    return toGroup("/" + ConfigNames.CHANNEL);
  }

  private ConfigGroup toGroup(String path) {
    if (!(byPath.get(GROUP + path) instanceof ConfigElement.Group element)) {
      throw new ConfigException("missing group at path: " + GROUP + path);
    }
    ConfigGroup group = element.group();
    ConfigGroup.Builder built = group.toBuilder();
    for (String key : group.getGroupsMap().keySet()) {
      built.putGroups(key, toGroup(path + "/" + key));
    }
    for (String key : group.getValuesMap().keySet()) {
      built.putValues(key, valueAt(VALUE + path + "/" + key));
    }
    for (String key : group.getPoliciesMap().keySet()) {
      built.putPolicies(key, policyAt(POLICY + path + "/" + key));
    }
    if (byPath.containsKey(ORDERER_CAPABILITIES)) {
      adoptModPolicies(built);
    }
    return built.build();
  }

  private ConfigValue valueAt(String path) {
    if (!(byPath.get(path) instanceof ConfigElement.Value element)) {
      throw new ConfigException("missing value at path: " + path);
    }
    return element.value();
  }

  private ConfigPolicy policyAt(String path) {
    if (!(byPath.get(path) instanceof ConfigElement.Rule element)) {
      throw new ConfigException("missing policy at path: " + path);
    }
    return element.policy();
  }

  private static void adoptModPolicies(ConfigGroup.Builder group) {
    if (group.getModPolicy().isEmpty()) {
      group.setModPolicy(ADOPTED_MOD_POLICY);
    }
    for (Map.Entry<String, ConfigValue> value : List.copyOf(group.getValuesMap().entrySet())) {
      if (value.getValue().getModPolicy().isEmpty()) {
        group.putValues(
            value.getKey(), value.getValue().toBuilder().setModPolicy(ADOPTED_MOD_POLICY).build());
      }
    }
    for (Map.Entry<String, ConfigPolicy> policy : List.copyOf(group.getPoliciesMap().entrySet())) {
      if (policy.getValue().getModPolicy().isEmpty()) {
        group.putPolicies(
            policy.getKey(),
            policy.getValue().toBuilder().setModPolicy(ADOPTED_MOD_POLICY).build());
      }
    }
  }
}
