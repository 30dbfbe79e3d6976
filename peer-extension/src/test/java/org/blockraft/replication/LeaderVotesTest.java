package org.blockraft.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.Set;
import org.blockraft.coordination.Leader;
import org.blockraft.coordination.SimulatedTime;
import org.blockraft.coordination.Term;
import org.junit.jupiter.api.Test;

final class LeaderVotesTest {
  private static final Set<String> MEMBERS = Set.of("a", "b", "c");
  private static final Leader LEADER = new Leader("c", "1", new Term(5), 9);

  private final SimulatedTime time = new SimulatedTime(1);
  private final LeaderVotes votes = new LeaderVotes("a", time.loop());

  @Test
  void aMajorityThatLostTheLeaderDeposesIt() {
    votes.leader(Optional.of(LEADER), Set.of("b", "c"));
    assertEquals(0, votes.goneTerm(Set.of("b", "c")));
    assertEquals(5, votes.goneTerm(Set.of("b")));
    assertEquals(Optional.empty(), votes.deposed(MEMBERS, Set.of("b")));
    votes.voted("b", 5);
    assertEquals(Optional.of(LEADER), votes.deposed(MEMBERS, Set.of("b")));
  }

  @Test
  void whoReachesTheLeaderDoesNotDeposeIt() {
    votes.leader(Optional.of(LEADER), Set.of("b", "c"));
    votes.voted("b", 5);
    assertEquals(Optional.empty(), votes.deposed(MEMBERS, Set.of("b", "c")));
  }

  @Test
  void votesAreForOneTermAndOfMembersWithALink() {
    votes.leader(Optional.of(LEADER), Set.of("b", "c"));
    votes.voted("b", 4);
    assertEquals(Optional.empty(), votes.deposed(MEMBERS, Set.of("b")));
    votes.voted("d", 5);
    assertEquals(Optional.empty(), votes.deposed(MEMBERS, Set.of("b", "d")));
    votes.voted("b", 5);
    votes.forget("b");
    assertEquals(Optional.empty(), votes.deposed(MEMBERS, Set.of()));
  }

  @Test
  void aNewLeaderHasTimeForItsFirstLinks() {
    votes.leader(Optional.of(LEADER), Set.of("b"));
    assertEquals(0, votes.goneTerm(Set.of("b")));
    time.run(LeaderVotes.GRACE.multipliedBy(2));
    assertEquals(5, votes.goneTerm(Set.of("b")));
  }

  @Test
  void nobodyVotesAgainstItself() {
    votes.leader(Optional.of(new Leader("a", "1", new Term(5), 9)), Set.of());
    time.run(LeaderVotes.GRACE.multipliedBy(2));
    assertEquals(0, votes.goneTerm(Set.of()));
  }
}
