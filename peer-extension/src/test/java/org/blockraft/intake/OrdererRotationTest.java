package org.blockraft.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OrdererRotationTest {
  private static final OrdererEndpoint A = endpoint("a:1");
  private static final OrdererEndpoint B = endpoint("b:1");
  private static final OrdererEndpoint C = endpoint("c:1");

  @Test
  void shouldTryEachBeforeAnyAgain() {
    OrdererRotation rotation = new OrdererRotation(new Random(7));
    rotation.update(List.of(A, B, C));
    for (int round = 0; round < 10; round++) {
      Set<OrdererEndpoint> tried =
          new HashSet<>(List.of(rotation.next(), rotation.next(), rotation.next()));
      assertEquals(Set.of(A, B, C), tried);
    }
  }

  @Test
  void shouldNoticeOnlyRealChanges() {
    OrdererRotation rotation = new OrdererRotation(new Random(7));
    assertTrue(rotation.update(List.of(A, B)));
    assertFalse(rotation.update(List.of(B, A)));
    assertTrue(rotation.update(List.of(C)));
    assertEquals(C, rotation.next());
  }

  @Test
  void shouldSayThatThereAreNone() {
    OrdererRotation rotation = new OrdererRotation(new Random(7));
    assertEquals(
        "could not get orderer endpoints: no endpoints currently defined",
        assertThrows(OrdererException.class, rotation::next).getMessage());
  }

  private static OrdererEndpoint endpoint(String address) {
    return new OrdererEndpoint(address, address, "OrdererMSP", List.of());
  }
}
