package org.blockraft.gossip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.hyperledger.fabric.protos.gossip.AliveMessage;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.GossipMessage;
import org.hyperledger.fabric.protos.gossip.Member;
import org.hyperledger.fabric.protos.gossip.PeerTime;
import org.junit.jupiter.api.Test;

/** Signs of life and silence, by a clock that the test turns. */
class MembershipTest {
  private static final ByteString SELF = ByteString.copyFromUtf8("self");

  private Instant now = Instant.EPOCH;
  private final Membership membership =
      new Membership(SELF, Duration.ofSeconds(25), Duration.ofSeconds(500), () -> now);

  @Test
  void onlyNewerSignsOfLifeAreNews() {
    assertTrue(membership.heard(alive("a", 5, 1)));
    assertFalse(membership.heard(alive("a", 5, 1)));
    assertTrue(membership.heard(alive("a", 5, 2)));
    assertFalse(membership.heard(alive("a", 4, 9)), "of an earlier life");
    assertTrue(membership.heard(alive("a", 6, 1)), "started again");
    assertFalse(membership.heard(alive("self", 9, 9)), "about this peer");
    assertEquals(1, membership.alive().size());
  }

  @Test
  void theSilentAreDeadUntilTheySpeakAgain() {
    membership.heard(alive("a", 1, 1));
    now = now.plusSeconds(20);
    membership.heard(alive("b", 1, 1));
    now = now.plusSeconds(6);
    assertEquals(List.of(id("a")), membership.expire().stream().map(m -> m.pkiId()).toList());
    assertFalse(membership.isAlive(id("a")));
    assertFalse(membership.heard(alive("a", 1, 1)), "an old message does not wake the dead");
    assertTrue(membership.heard(alive("a", 1, 2)));
    assertTrue(membership.isAlive(id("a")));
    assertEquals(List.of(), membership.dead());
  }

  @Test
  void whoCannotBeReachedIsPresumedDead() {
    membership.heard(alive("a", 1, 1));
    assertTrue(membership.presumeDead(id("a")).isPresent());
    assertTrue(membership.presumeDead(id("a")).isEmpty());
    assertEquals("a:7051", membership.find(id("a")).orElseThrow().preferredEndpoint());
  }

  @Test
  void theLongDeadCanBeForgotten() {
    membership.heardOfDead(alive("a", 1, 1));
    membership.heard(alive("b", 1, 1));
    membership.heardOfDead(alive("b", 1, 2));
    assertTrue(membership.isAlive(id("b")), "hearsay does not kill");
    now = now.plusSeconds(501);
    assertEquals(1, membership.forgettable().size());
    membership.forget(id("a"));
    assertTrue(membership.find(id("a")).isEmpty());
  }

  private static ByteString id(String name) {
    return ByteString.copyFromUtf8(name);
  }

  private static SignedMessage alive(String name, long incarnation, long sequence) {
    return new SignedMessage(
        GossipMessage.newBuilder()
            .setAliveMsg(
                AliveMessage.newBuilder()
                    .setMembership(
                        Member.newBuilder().setPkiId(id(name)).setEndpoint(name + ":7051"))
                    .setTimestamp(PeerTime.newBuilder().setIncNum(incarnation).setSeqNum(sequence)))
            .build(),
        Envelope.getDefaultInstance());
  }
}
