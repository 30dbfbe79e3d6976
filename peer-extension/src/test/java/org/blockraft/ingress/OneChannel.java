package org.blockraft.ingress;

import java.util.List;
import java.util.Optional;

/** A peer that has joined one channel. */
record OneChannel(ServedChannel only) implements ServedChannels {
  @Override
  public Optional<ServedChannel> channel(String channelId) {
    return only.id().equals(channelId) ? Optional.of(only) : Optional.empty();
  }

  @Override
  public List<String> ids() {
    return List.of(only.id());
  }
}
