package org.blockraft.replication;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.blockraft.coordination.EventLoop;
import org.blockraft.coordination.Leader;

/**
 * Who cannot reach the leader. When that is a majority of the members, its lease is ended and
 * another node takes over, long before the lease would have ended by itself. Owned by the loop.
 */
final class LeaderVotes {
  /** Time for the first links to a new leader. */
  static final Duration GRACE = Duration.ofSeconds(1);

  private final String self;
  private final EventLoop loop;
  private final Map<String, Long> gone = new HashMap<>();
  private Optional<Leader> leader = Optional.empty();
  private long since;
  private boolean seen;

  LeaderVotes(String self, EventLoop loop) {
    this.self = self;
    this.loop = loop;
  }

  /** Another leader, or none. */
  void leader(Optional<Leader> now, Set<String> linked) {
    if (!now.equals(leader)) {
      leader = now;
      since = loop.nanoTime();
      seen = false;
    }
    leader.ifPresent(l -> seen |= linked.contains(l.node()));
  }

  /** The term whose leader this node cannot reach; zero when it can, or when there is none. */
  long goneTerm(Set<String> linked) {
    if (leader.isEmpty() || leader.get().node().equals(self)) {
      return 0;
    }
    if (linked.contains(leader.get().node())) {
      seen = true;
      return 0;
    }
    boolean waited = loop.nanoTime() - since > GRACE.toNanos();
    return seen || waited ? leader.get().term().revision() : 0;
  }

  /** Another node says which term's leader it cannot reach. */
  void voted(String node, long goneTerm) {
    gone.put(node, goneTerm);
  }

  /** A node that cannot be asked has no vote. */
  void forget(String node) {
    gone.remove(node);
  }

  /** The leader that a majority of the members cannot reach. */
  Optional<Leader> deposed(Set<String> members, Set<String> linked) {
    long term = goneTerm(linked);
    if (term == 0) {
      return Optional.empty();
    }
    long votes =
        1
            + gone.entrySet().stream()
                .filter(vote -> members.contains(vote.getKey()) && vote.getValue() == term)
                .count();
    return votes >= Agreement.majority(members.size()) ? leader : Optional.empty();
  }
}
