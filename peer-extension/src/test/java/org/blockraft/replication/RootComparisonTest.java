package org.blockraft.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.blockraft.cluster.wire.StateRoot;
import org.junit.jupiter.api.Test;

/** Who is wrong when roots differ. */
class RootComparisonTest {
  private static final Set<String> THREE = Set.of("a", "b", "c");

  private final RootComparison comparison = new RootComparison();
  private final Map<Long, String> own = new HashMap<>();

  private void told(String node, long height, String root) {
    StateRoot said =
        StateRoot.newBuilder().setHeight(height).setHash(ByteString.copyFromUtf8(root)).build();
    comparison.told(node, List.of(said));
  }

  private Optional<Boolean> outvoted(Set<String> members) {
    return comparison.isOutvoted(
        members, "a", height -> Optional.ofNullable(own.get(height)).map(ByteString::copyFromUtf8));
  }

  @Test
  void nothingIsKnownBeforeAMajorityHasSpoken() {
    own.put(16L, "x");
    assertEquals(Optional.empty(), outvoted(THREE));
    told("b", 16, "y");
    assertEquals(Optional.empty(), outvoted(THREE));
  }

  @Test
  void theOneAgainstTwoIsWrong() {
    own.put(16L, "x");
    told("b", 16, "y");
    told("c", 16, "y");
    assertEquals(Optional.of(true), outvoted(THREE));
  }

  @Test
  void oneThatAgreesMakesAMajorityOfThree() {
    own.put(16L, "x");
    told("b", 16, "y");
    told("c", 16, "x");
    assertEquals(Optional.of(false), outvoted(THREE));
  }

  @Test
  void threeOpinionsSayNothing() {
    own.put(16L, "x");
    told("b", 16, "y");
    told("c", 16, "z");
    assertEquals(Optional.empty(), outvoted(THREE));
  }

  @Test
  void theNewestHeightThatBothHaveCounts() {
    own.put(16L, "x");
    own.put(32L, "v");
    told("b", 16, "y");
    told("c", 16, "y");
    told("b", 32, "v");
    told("b", 48, "w");
    told("c", 48, "w");
    assertEquals(Optional.of(false), outvoted(THREE));
  }

  @Test
  void whoIsNoMemberHasNoVote() {
    own.put(16L, "x");
    told("b", 16, "y");
    told("d", 16, "y");
    assertEquals(Optional.empty(), outvoted(THREE));
    assertEquals(Optional.of(true), outvoted(Set.of("b", "d")));
  }

  @Test
  void oldHeightsAreForgotten() {
    own.put(1L, "x");
    told("b", 1, "y");
    told("c", 1, "y");
    for (int height = 2; height < 2 + RootComparison.HEIGHTS_MAX; height++) {
      told("b", height, "y");
    }
    assertEquals(Optional.empty(), outvoted(THREE));
  }
}
