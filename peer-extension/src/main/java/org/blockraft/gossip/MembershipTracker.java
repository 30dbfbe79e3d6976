package org.blockraft.gossip;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs which peers of a channel come and go. Used by one thread.
 *
 * <p>Fabric: gossip/gossip/channel/channel.go membershipTracker.
 */
final class MembershipTracker {
  private static final Logger LOG = LoggerFactory.getLogger(MembershipTracker.class);

  private final Map<String, Set<String>> views = new HashMap<>();

  void look(String channelId, List<GossipMember> members) {
    Set<String> now = new TreeSet<>(members.stream().map(GossipMember::endpoint).toList());
    Set<String> before = views.getOrDefault(channelId, Set.of());
    if (now.equals(before)) {
      return;
    }
    views.put(channelId, now);
    Set<String> online = new TreeSet<>(now);
    online.removeAll(before);
    Set<String> offline = new TreeSet<>(before);
    offline.removeAll(now);
    if (offline.isEmpty()) {
      LOG.info(
          "[{}] Membership view has changed. peers went online: {}, current view: {}",
          channelId,
          online,
          now);
    } else if (online.isEmpty()) {
      LOG.info(
          "[{}] Membership view has changed. peers went offline: {}, current view: {}",
          channelId,
          offline,
          now);
    } else {
      LOG.info(
          "[{}] Membership view has changed. peers went offline: {}, peers went online: {},"
              + " current view: {}",
          channelId,
          offline,
          online,
          now);
    }
  }
}
