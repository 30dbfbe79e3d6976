package org.blockraft.identity;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.HashMap;
import java.util.Map;
import org.hyperledger.fabric.protos.common.Capabilities;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ConfigValue;

/**
 * The values of one configuration group, parsed. A value that is not there is an empty message; a
 * value that is not expected is an error.
 *
 * <p>Fabric: common/channelconfig/standardvalues.go.
 */
final class ConfigValues {
  static final String BAD_WIRE_FORMAT = "proto: cannot parse invalid wire-format data";

  private final Map<String, Message> parsed;

  private ConfigValues(Map<String, Message> parsed) {
    this.parsed = parsed;
  }

  /**
   * Parses the values of a group.
   *
   * @param expected an empty message of the right type for each key that the group may have
   */
  static ConfigValues of(ConfigGroup group, Map<String, Message> expected) {
    Map<String, Message> parsed = new HashMap<>(expected);
    for (Map.Entry<String, ConfigValue> value : group.getValuesMap().entrySet()) {
      Message prototype = expected.get(value.getKey());
      if (prototype == null) {
        throw new ConfigException("failed to deserialize values: Unexpected key " + value.getKey());
      }
      try {
        parsed.put(
            value.getKey(), prototype.getParserForType().parseFrom(value.getValue().getValue()));
      } catch (InvalidProtocolBufferException e) {
        throw new ConfigException("failed to deserialize values: " + BAD_WIRE_FORMAT);
      }
    }
    return new ConfigValues(parsed);
  }

  <T extends Message> T get(String key, Class<T> type) {
    return type.cast(parsed.get(key));
  }

  Capabilities capabilities() {
    return get(ConfigNames.CAPABILITIES, Capabilities.class);
  }
}
