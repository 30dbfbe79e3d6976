package org.blockraft.identity;

import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must not change from one configuration to the next, whoever signs.
 *
 * <p>Fabric: common/channelconfig/bundle.go ValidateNew, logsanitychecks.go.
 */
final class ConfigTransition {
  private static final Logger log = LoggerFactory.getLogger(ConfigTransition.class);

  private ConfigTransition() {}

  static void check(ChannelConfig current, ChannelConfig next) {
    if (current.orderer().isPresent()) {
      if (next.orderer().isEmpty()) {
        throw new ConfigException("current config has orderer section, but new config does not");
      }
      checkOrderer(current, current.orderer().get(), next, next.orderer().get());
    }
    if (current.hasApplication()) {
      if (!next.hasApplication()) {
        throw new ConfigException(
            "current config has application section, but new config does not");
      }
      current
          .applicationOrgs()
          .forEach(
              (name, org) -> {
                ApplicationOrg changed = next.applicationOrgs().get(name);
                if (changed != null) {
                  checkMspId("application org " + name, org.mspId(), changed.mspId());
                }
              });
    }
    checkConsortiums(current, next);
  }

  private static void checkOrderer(
      ChannelConfig current, OrdererSection before, ChannelConfig next, OrdererSection after) {
    if (!current.channel().consensusTypeMigration()
        && !before.consensusType().equals(after.consensusType())) {
      throw new ConfigException(
          "attempted to change consensus type from %s to %s"
              .formatted(before.consensusType(), after.consensusType()));
    }
    before
        .organizations()
        .forEach(
            (name, org) -> {
              OrdererOrg changed = after.organizations().get(name);
              if (changed != null) {
                checkMspId("orderer org " + name, org.mspId(), changed.mspId());
              }
            });
    if (!current.channel().consensusTypeBft() && next.channel().consensusTypeBft()) {
      for (OrdererOrg org : after.organizations().values()) {
        if (org.endpoints().isEmpty()) {
          throw new ConfigException(
              "illegal orderer config update detected: endpoints of org %s are missing"
                  .formatted(org.name()));
        }
      }
    }
  }

  private static void checkConsortiums(ChannelConfig current, ChannelConfig next) {
    if (current.consortiums().isEmpty()) {
      if (next.consortiums().isPresent()) {
        throw new ConfigException("current config has no consortiums section, but new config does");
      }
      return;
    }
    if (next.consortiums().isEmpty()) {
      throw new ConfigException("current config has consortiums section, but new config does not");
    }
    Map<String, Map<String, String>> changed = next.consortiums().get();
    current
        .consortiums()
        .get()
        .forEach(
            (consortium, orgs) ->
                orgs.forEach(
                    (org, mspId) ->
                        checkMspId(
                            "consortium %s org %s".formatted(consortium, org),
                            mspId,
                            changed.getOrDefault(consortium, Map.of()).getOrDefault(org, mspId))));
  }

  private static void checkMspId(String what, String before, String after) {
    if (!before.equals(after)) {
      throw new ConfigException(
          "%s attempted to change MSP ID from %s to %s".formatted(what, before, after));
    }
  }

  /** A configuration without these is legal, and useless in most ways. */
  static void warnAboutMissingPolicies(ChannelConfig config) {
    for (String policy : List.of("Readers", "Writers", "Admins")) {
      warnIfMissing(config, "/Channel/" + policy);
      if (config.hasApplication()) {
        warnIfMissing(config, "/Channel/Application/" + policy);
      }
      if (config.orderer().isPresent()) {
        warnIfMissing(config, "/Channel/Orderer/" + policy);
      }
    }
    if (config.orderer().isPresent()) {
      warnIfMissing(config, "/Channel/Orderer/BlockValidation");
    }
  }

  private static void warnIfMissing(ChannelConfig config, String policy) {
    if (config.policies().policy(policy).isEmpty()) {
      log.warn(
          "Current configuration has no policy '{}', this will likely cause problems in production"
              + " systems",
          policy);
    }
  }
}
