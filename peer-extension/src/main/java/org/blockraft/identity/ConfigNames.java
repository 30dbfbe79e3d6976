package org.blockraft.identity;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The keys of a channel configuration that mean something to a peer, and the form of keys and
 * channel names.
 *
 * <p>Fabric: common/channelconfig, common/configtx/validator.go.
 */
final class ConfigNames {
  static final String CHANNEL = "Channel";
  static final String APPLICATION = "Application";
  static final String ORDERER = "Orderer";
  static final String CONSORTIUMS = "Consortiums";

  static final String CAPABILITIES = "Capabilities";
  static final String HASHING_ALGORITHM = "HashingAlgorithm";
  static final String BLOCK_DATA_HASHING_STRUCTURE = "BlockDataHashingStructure";
  static final String ORDERER_ADDRESSES = "OrdererAddresses";
  static final String ORDERERS = "Orderers";
  static final String CONSORTIUM = "Consortium";
  static final String ACLS = "ACLs";
  static final String MSP = "MSP";
  static final String ANCHOR_PEERS = "AnchorPeers";
  static final String ENDPOINTS = "Endpoints";
  static final String CONSENSUS_TYPE = "ConsensusType";
  static final String BATCH_SIZE = "BatchSize";
  static final String BATCH_TIMEOUT = "BatchTimeout";
  static final String KAFKA_BROKERS = "KafkaBrokers";
  static final String CHANNEL_RESTRICTIONS = "ChannelRestrictions";
  static final String CHANNEL_CREATION_POLICY = "ChannelCreationPolicy";

  /** The longest key and channel name, in bytes: file systems and CouchDB take no more. */
  static final int LENGTH_MAX = 249;

  private static final Pattern CHANNEL_ID = Pattern.compile("[a-z][a-z0-9.-]*");
  private static final Pattern ELEMENT_KEY = Pattern.compile("[a-zA-Z0-9.-]+");

  private ConfigNames() {}

  static void checkChannelId(String id) {
    if (id.isEmpty()) {
      throw new ConfigException("channel ID illegal, cannot be empty");
    }
    if (utf8Length(id) > LENGTH_MAX) {
      throw new ConfigException("channel ID illegal, cannot be longer than " + LENGTH_MAX);
    }
    if (!CHANNEL_ID.matcher(id).matches()) {
      throw new ConfigException("'%s' contains illegal characters".formatted(id));
    }
  }

  static void checkElementKey(String key) {
    if (key.isEmpty()) {
      throw new ConfigException("config ID illegal, cannot be empty");
    }
    if (utf8Length(key) > LENGTH_MAX) {
      throw new ConfigException("config ID illegal, cannot be longer than " + LENGTH_MAX);
    }
    if (key.equals(".") || key.equals("..")) {
      throw new ConfigException("name '%s' for config ID is not allowed".formatted(key));
    }
    if (!ELEMENT_KEY.matcher(key).matches()) {
      throw new ConfigException("config ID '%s' contains illegal characters".formatted(key));
    }
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
