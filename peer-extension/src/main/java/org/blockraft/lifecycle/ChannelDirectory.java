package org.blockraft.lifecycle;

import java.util.List;
import java.util.Optional;
import org.hyperledger.fabric.protos.common.Block;

/**
 * The channels that this peer has joined. Implemented by the composition root, so that the
 * endorsement flow does not depend on how channels are started. Methods may be called from any
 * thread.
 */
public interface ChannelDirectory {
  Optional<ChannelHandle> channel(String channelId);

  /** Ids of all joined channels, sorted. */
  List<String> ids();

  /**
   * Creates the ledger of a channel and starts its services.
   *
   * @param genesis with its transactions marked valid
   * @throws org.blockraft.ledger.LedgerException with the ledger's own text, for example "ledger
   *     [c] already exists with state [ACTIVE]", when it cannot be created
   * @throws RuntimeException with Fabric's text when the channel cannot be started
   */
  void join(Block genesis);
}
