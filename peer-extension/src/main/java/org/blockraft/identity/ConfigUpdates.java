package org.blockraft.identity;

import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.Envelope;

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
    throw new IllegalStateException("being written");
  }

  /**
   * Turns a signed CONFIG_UPDATE envelope into the content of the CONFIG transaction that an
   * ordering service would put into a block.
   *
   * @throws ConfigException with Fabric's text if the update is not authorized or not applicable
   */
  public static ConfigEnvelope propose(ChannelConfig current, Envelope configUpdate) {
    throw new IllegalStateException("being written");
  }
}
