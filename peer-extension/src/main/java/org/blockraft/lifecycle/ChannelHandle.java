package org.blockraft.lifecycle;

/** What the endorsement flow needs of one joined channel. */
public interface ChannelHandle {
  String channelId();

  CommittedDefinitions definitions();
}
