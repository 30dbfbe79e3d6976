package org.blockraft.intake;

import java.time.InstantSource;
import java.util.function.Supplier;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.Signer;

/**
 * Pulls the blocks of one channel from its orderers, verifies them, and hands them on in order.
 *
 * <p>Fabric: internal/pkg/peer/blocksprovider/blocksprovider.go.
 */
public final class OrdererSource implements AutoCloseable {

  /**
   * @param config the configuration in force for the next block; asked once, when the source
   *     starts: after that the source follows the configuration blocks it verifies
   * @param tip where the channel's ledger ends; asked once, when the source starts
   */
  public OrdererSource(
      OrdererSettings settings,
      OrdererConnections connections,
      Signer signer,
      Supplier<ChannelConfig> config,
      Supplier<ChainTip> tip,
      BlockSink sink,
      InstantSource clock) {}

  /** Runs until closed, on the calling thread. */
  public void run() {
    throw new IllegalStateException("being written");
  }

  /** Ends {@link #run} from another thread. */
  @Override
  public void close() {}
}
