package org.blockraft.gossip;

import java.util.Collection;
import java.util.Map;
import org.blockraft.identity.ChannelConfig;

/** The channels that this peer has joined. Safe for use by many threads. */
public interface LocalChannels {

  /** Their configurations in force. */
  Collection<ChannelConfig> configs();

  /** The number of blocks of a channel. */
  long height(String channelId);

  /** The chaincodes that this peer can run on a channel: name and version. */
  Map<String, String> chaincodes(String channelId);
}
