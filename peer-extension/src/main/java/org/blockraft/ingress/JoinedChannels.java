package org.blockraft.ingress;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.intake.OrdererEndpoint;
import org.blockraft.lifecycle.ChannelDirectory;

/** The channels that this peer has joined. */
public final class JoinedChannels implements ServedChannels {
  private final ChannelDirectory directory;
  private final Function<ChannelConfig, List<OrdererEndpoint>> orderers;

  /**
   * @param orderers {@code OrdererConnections::endpoints}
   */
  public JoinedChannels(
      ChannelDirectory directory, Function<ChannelConfig, List<OrdererEndpoint>> orderers) {
    this.directory = directory;
    this.orderers = orderers;
  }

  @Override
  public Optional<ServedChannel> channel(String channelId) {
    return directory
        .channel(channelId)
        .map(handle -> new LedgerChannel(handle.ledger(), handle::config, orderers));
  }

  @Override
  public List<String> ids() {
    return directory.ids();
  }
}
