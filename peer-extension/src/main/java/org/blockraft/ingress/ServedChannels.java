package org.blockraft.ingress;

import java.util.List;
import java.util.Optional;

/** The channels this node serves to clients. Safe for use by many threads. */
public interface ServedChannels {
  Optional<ServedChannel> channel(String channelId);

  /** Ids of all channels, in order. */
  List<String> ids();
}
