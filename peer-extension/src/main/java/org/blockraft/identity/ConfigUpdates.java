package org.blockraft.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ConfigSignature;
import org.hyperledger.fabric.protos.common.ConfigUpdate;
import org.hyperledger.fabric.protos.common.ConfigUpdateEnvelope;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.SignatureHeader;

/**
 * From one channel configuration to the next.
 *
 * <p>Fabric: common/configtx/validator.go, update.go; core/peer/channel.go Apply.
 */
public final class ConfigUpdates {
  private ConfigUpdates() {}

  /**
   * Validates the content of a delivered CONFIG transaction completely and returns the
   * configuration it establishes.
   *
   * @throws ConfigException if it does not follow from the current one; a {@link
   *     ConfigIncompatibleException} if it does and this peer cannot run it. Either way the channel
   *     must stop: a block with such a transaction is no ordinary invalid transaction.
   */
  public static ChannelConfig apply(ChannelConfig current, ConfigEnvelope delivered) {
    if (!delivered.hasConfig()) {
      throw new ConfigException("config envelope has nil config");
    }
    Config config = delivered.getConfig();
    if (config.getSequence() != current.sequence() + 1) {
      throw new ConfigException(
          "config currently at sequence %s, cannot validate config at sequence %s"
              .formatted(
                  Long.toUnsignedString(current.sequence()),
                  Long.toUnsignedString(config.getSequence())));
    }
    ConfigGroup recomputed =
        rebuild(authorize(current, configUpdateEnvelope(delivered.getLastUpdate())));
    if (!recomputed.equals(config.getChannelGroup())) {
      throw new ConfigException(
          "ConfigEnvelope LastUpdate did not produce the supplied config result");
    }
    ChannelConfig next = ChannelConfig.of(current.channelId(), config);
    ConfigTransition.warnAboutMissingPolicies(next);
    ConfigTransition.check(current, next);
    next.requireCompatible();
    return next;
  }

  /**
   * Turns a signed CONFIG_UPDATE envelope into the content of the CONFIG transaction that an
   * ordering service would put into a block.
   *
   * @throws ConfigException with Fabric's text if the update is not authorized or not applicable
   */
  public static ConfigEnvelope propose(ChannelConfig current, Envelope configUpdate) {
    ConfigUpdateEnvelope update;
    try {
      update = configUpdateEnvelope(configUpdate);
    } catch (ConfigException e) {
      throw ConfigException.wrap(e, "error converting envelope to config update");
    }
    ConfigElements proposed;
    try {
      proposed = authorize(current, update);
    } catch (ConfigException e) {
      throw ConfigException.wrap(e, "error authorizing update");
    }
    return ConfigEnvelope.newBuilder()
        .setConfig(
            Config.newBuilder()
                .setSequence(current.sequence() + 1)
                .setChannelGroup(rebuild(proposed)))
        .setLastUpdate(configUpdate)
        .build();
  }

  private static ConfigGroup rebuild(ConfigElements elements) {
    try {
      return elements.toGroup();
    } catch (ConfigException e) {
      throw ConfigException.wrap(e, "could not turn configMap back to channelGroup");
    }
  }

  private static ConfigUpdateEnvelope configUpdateEnvelope(Envelope envelope) {
    Payload payload;
    ChannelHeader header;
    try {
      payload = Payload.parseFrom(envelope.getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw new ConfigException("error unmarshalling Payload: " + ConfigValues.BAD_WIRE_FORMAT);
    }
    if (!payload.hasHeader()) {
      throw new ConfigException("envelope must have a Header");
    }
    try {
      header = ChannelHeader.parseFrom(payload.getHeader().getChannelHeader());
    } catch (InvalidProtocolBufferException e) {
      throw new ConfigException(
          "error unmarshalling ChannelHeader: " + ConfigValues.BAD_WIRE_FORMAT);
    }
    if (header.getType() != HeaderType.CONFIG_UPDATE_VALUE) {
      HeaderType type = HeaderType.forNumber(header.getType());
      throw new ConfigException(
          "invalid type %s, expected CONFIG_UPDATE"
              .formatted(type == null ? Integer.toString(header.getType()) : type.name()));
    }
    try {
      return ConfigUpdateEnvelope.parseFrom(payload.getData());
    } catch (InvalidProtocolBufferException e) {
      throw new ConfigException(
          "error unmarshalling message for type CONFIG_UPDATE: " + ConfigValues.BAD_WIRE_FORMAT);
    }
  }

  /**
   * The complete configuration after the update, if all it changes may be changed by its signers.
   */
  private static ConfigElements authorize(ChannelConfig current, ConfigUpdateEnvelope envelope) {
    ConfigUpdate update;
    try {
      update = ConfigUpdate.parseFrom(envelope.getConfigUpdate());
    } catch (InvalidProtocolBufferException e) {
      throw new ConfigException(ConfigValues.BAD_WIRE_FORMAT);
    }
    if (!update.getChannelId().equals(current.channelId())) {
      throw new ConfigException(
          "ConfigUpdate for channel '%s' but envelope for channel '%s'"
              .formatted(update.getChannelId(), current.channelId()));
    }
    ConfigElements readSet = map(update.hasReadSet(), update.getReadSet(), "ReadSet");
    checkReadSet(current, readSet);
    ConfigElements writeSet = map(update.hasWriteSet(), update.getWriteSet(), "WriteSet");
    Map<String, ConfigElement> delta = delta(readSet, writeSet);
    List<SignedData> signatures = signedData(envelope);
    try {
      checkDelta(current, delta, signatures);
    } catch (IdentityException e) {
      throw ConfigException.wrap(e, "error validating DeltaSet");
    }
    ConfigElements proposed = current.elements().overlaid(delta);
    for (String path : writeSet.byPath().keySet()) {
      if (!proposed.byPath().containsKey(path)) {
        throw new ConfigException(
            "full config did not verify: writeset contained key %s which did not appear in proposed config"
                .formatted(path));
      }
    }
    return proposed;
  }

  private static ConfigElements map(boolean present, ConfigGroup group, String name) {
    try {
      return present ? ConfigElements.of(group) : ConfigElements.none();
    } catch (ConfigException e) {
      throw ConfigException.wrap(e, "error mapping " + name);
    }
  }

  private static void checkReadSet(ChannelConfig current, ConfigElements readSet) {
    for (Map.Entry<String, ConfigElement> read : readSet.byPath().entrySet()) {
      ConfigElement existing = current.elements().byPath().get(read.getKey());
      if (existing == null) {
        throw new ConfigException(
            "error validating ReadSet: existing config does not contain element for %s but was in the read set"
                .formatted(read.getKey()));
      }
      if (existing.version() != read.getValue().version()) {
        throw new ConfigException(
            "error validating ReadSet: proposed update requires that key %s be at version %s, but it is currently at version %s"
                .formatted(read.getKey(), version(read.getValue()), version(existing)));
      }
    }
  }

  private static Map<String, ConfigElement> delta(ConfigElements readSet, ConfigElements writeSet) {
    Map<String, ConfigElement> delta = new LinkedHashMap<>();
    writeSet
        .byPath()
        .forEach(
            (path, written) -> {
              ConfigElement read = readSet.byPath().get(path);
              if (read == null || read.version() != written.version()) {
                delta.put(path, written);
              }
            });
    return delta;
  }

  private static List<SignedData> signedData(ConfigUpdateEnvelope envelope) {
    List<SignedData> signatures = new ArrayList<>(envelope.getSignaturesCount());
    for (ConfigSignature signature : envelope.getSignaturesList()) {
      ByteString header = signature.getSignatureHeader();
      try {
        signatures.add(
            new SignedData(
                header.concat(envelope.getConfigUpdate()),
                SignatureHeader.parseFrom(header).getCreator(),
                signature.getSignature()));
      } catch (InvalidProtocolBufferException e) {
        throw new ConfigException(ConfigValues.BAD_WIRE_FORMAT);
      }
    }
    return signatures;
  }

  private static void checkDelta(
      ChannelConfig current, Map<String, ConfigElement> delta, List<SignedData> signatures) {
    if (delta.isEmpty()) {
      throw new ConfigException("delta set was empty -- update would have no effect");
    }
    for (Map.Entry<String, ConfigElement> change : delta.entrySet()) {
      String path = change.getKey();
      ConfigElement written = change.getValue();
      try {
        checkModPolicy(written.modPolicy());
      } catch (ConfigException e) {
        throw ConfigException.wrap(e, "invalid mod_policy for element " + path);
      }
      ConfigElement existing = current.elements().byPath().get(path);
      if (existing == null) {
        if (written.version() != 0) {
          throw new ConfigException(
              "attempted to set key %s to version %s, but key does not exist"
                  .formatted(path, version(written)));
        }
        continue;
      }
      if (written.version() != existing.version() + 1) {
        throw new ConfigException(
            "attempt to set key %s to version %s, but key is at version %s"
                .formatted(path, version(written), version(existing)));
      }
      Policy policy =
          modPolicy(current.policies(), existing)
              .orElseThrow(
                  () ->
                      new ConfigException(
                          "unexpected missing policy %s for item %s"
                              .formatted(existing.modPolicy(), path)));
      try {
        policy.evaluateSignedData(signatures);
      } catch (IdentityException e) {
        throw ConfigException.wrap(e, "policy for %s not satisfied".formatted(path));
      }
    }
  }

  private static void checkModPolicy(String modPolicy) {
    if (modPolicy.isEmpty()) {
      throw new ConfigException("mod_policy not set");
    }
    String relative = modPolicy.startsWith("/") ? modPolicy.substring(1) : modPolicy;
    String[] elements = relative.split("/", -1);
    for (int i = 0; i < elements.length; i++) {
      try {
        ConfigNames.checkElementKey(elements[i]);
      } catch (ConfigException e) {
        throw ConfigException.wrap(e, "path element at %d is invalid".formatted(i));
      }
    }
  }

  /** A relative policy belongs to the group around the element, or to the element if a group. */
  private static Optional<Policy> modPolicy(PolicyManager root, ConfigElement element) {
    String modPolicy = element.modPolicy();
    Optional<PolicyManager> manager = Optional.of(root);
    if (!modPolicy.isEmpty() && !modPolicy.startsWith("/") && !element.path().isEmpty()) {
      for (String group : element.path().subList(1, element.path().size())) {
        manager = manager.flatMap(outer -> outer.sub(group));
      }
      if (element instanceof ConfigElement.Group) {
        manager = manager.flatMap(outer -> outer.sub(element.key()));
      }
    }
    return manager.flatMap(holder -> holder.policy(modPolicy));
  }

  private static String version(ConfigElement element) {
    return Long.toUnsignedString(element.version());
  }
}
