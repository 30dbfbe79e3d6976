package org.blockraft.gossip;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/** Picks some living peers at random. */
final class PeerSampler {
  private final Membership membership;
  private final Random random;

  PeerSampler(Membership membership, Random random) {
    this.membership = membership;
    this.random = random;
  }

  List<NetworkMember> some(int count, Predicate<NetworkMember> eligible) {
    List<NetworkMember> found =
        new ArrayList<>(membership.alive().stream().filter(eligible).toList());
    Collections.shuffle(found, random);
    return found.subList(0, Math.min(count, found.size()));
  }

  /** A number that no one guesses, to tell answers apart. */
  long nonce() {
    return random.nextLong();
  }
}
