package org.blockraft.validate;

import org.hyperledger.fabric.protos.common.ConfigEnvelope;

/** Installs the channel configuration of a configuration transaction. Called by one thread. */
public interface ConfigApplier {

  /**
   * Validates a delivered configuration against the current one and makes it the current one.
   *
   * @throws RuntimeException if it is refused; that stops the channel and never becomes a flag
   */
  void apply(ConfigEnvelope delivered);
}
