package org.blockraft.dispatch;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The highest height of each channel that this ingress has told any client. Invariant: a proposal
 * is never simulated below it, so no client sees its own committed transaction disappear. Safe for
 * use by many threads.
 */
public final class AnnouncedHeights {
  private final Map<String, Long> heights = new ConcurrentHashMap<>();

  /** Notes that a client was told of blocks below this height. */
  public void announced(String channelId, long height) {
    Long known = heights.get(channelId);
    if (known == null || known < height) {
      heights.merge(channelId, height, Math::max);
    }
  }

  long of(String channelId) {
    return heights.getOrDefault(channelId, 0L);
  }
}
