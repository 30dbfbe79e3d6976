package org.blockraft.lifecycle;

import org.blockraft.identity.ChannelConfig;
import org.blockraft.ledger.Ledger;

/** What the endorsement flow needs of one joined channel. Methods may be called from any thread. */
public interface ChannelHandle {
  String channelId();

  /** The configuration in force. */
  ChannelConfig config();

  Ledger ledger();

  CommittedDefinitions definitions();
}
