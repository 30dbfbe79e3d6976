package org.blockraft.testnet;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class FaultBoardTest {
  private static final PeerPlace ONE = new PeerPlace("node1", 1, 2);
  private static final PeerPlace OTHER = new PeerPlace("node2", 3, 4);

  private final FaultBoard board = new FaultBoard();

  @Test
  void aRequestMayFailThatAFaultFellInto() {
    board.begin(List.of(ONE), at(10));
    assertTrue(board.isStruck(ONE));
    assertTrue(board.excuses(ONE, at(8), at(11)));
    assertTrue(board.excuses(ONE, at(11), at(12)));
    assertFalse(board.excuses(ONE, at(8), at(9)));
    assertFalse(board.excuses(OTHER, at(8), at(11)));
  }

  @Test
  void anEndedFaultExcusesWhatBeganBeforeItsEnd() {
    board.begin(List.of(ONE), at(10));
    board.end(List.of(ONE), at(20));
    assertFalse(board.isStruck(ONE));
    assertTrue(board.excuses(ONE, at(19), at(25)));
    assertFalse(board.excuses(ONE, at(21), at(22)));
    assertFalse(board.excuses(ONE, at(8), at(9)));
  }

  @Test
  void aNodeThatStopsInGoodOrderAnswersWhatItHasTaken() {
    board.beginOrderly(ONE, at(10));
    assertFalse(board.excuses(ONE, at(8), at(11)));
    assertTrue(board.excuses(ONE, at(11), at(12)));
    board.end(List.of(ONE), at(20));
    assertFalse(board.excuses(ONE, at(8), at(11)));
    assertTrue(board.excuses(ONE, at(11), at(12)));
    assertFalse(board.excuses(ONE, at(21), at(22)));
  }

  private static long at(int second) {
    return TimeUnit.SECONDS.toNanos(second);
  }
}
