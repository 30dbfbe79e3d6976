package org.blockraft.identity;

import java.util.List;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ConfigPolicy;
import org.hyperledger.fabric.protos.common.ConfigValue;

/**
 * A group, value or policy of a channel configuration: the unit of versions and of permission to
 * modify.
 *
 * <p>Fabric: common/configtx/compare.go.
 */
sealed interface ConfigElement {

  /** The keys of the groups around it, outermost first; empty for the root. */
  List<String> path();

  String key();

  /** Unsigned. */
  long version();

  String modPolicy();

  record Group(List<String> path, String key, ConfigGroup group) implements ConfigElement {
    @Override
    public long version() {
      return group.getVersion();
    }

    @Override
    public String modPolicy() {
      return group.getModPolicy();
    }
  }

  record Value(List<String> path, String key, ConfigValue value) implements ConfigElement {
    @Override
    public long version() {
      return value.getVersion();
    }

    @Override
    public String modPolicy() {
      return value.getModPolicy();
    }
  }

  record Rule(List<String> path, String key, ConfigPolicy policy) implements ConfigElement {
    @Override
    public long version() {
      return policy.getVersion();
    }

    @Override
    public String modPolicy() {
      return policy.getModPolicy();
    }
  }
}
