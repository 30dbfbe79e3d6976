package org.blockraft.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LifetimeTest {

  private final AtomicInteger freed = new AtomicInteger();
  private final Lifetime lifetime = new Lifetime("it", freed::incrementAndGet);

  @Test
  void shouldFreeAtOnceWhenUnused() {
    lifetime.close();
    lifetime.close();
    assertEquals(1, freed.get());
    assertTrue(lifetime.awaitFreed(0, TimeUnit.SECONDS));
  }

  @Test
  void shouldFreeAfterTheLastUse() {
    lifetime.acquire();
    lifetime.acquire();
    lifetime.close();
    assertThrows(StateException.class, lifetime::acquire);
    lifetime.release();
    assertEquals(0, freed.get());
    assertFalse(lifetime.awaitFreed(1, TimeUnit.MILLISECONDS));
    lifetime.release();
    assertEquals(1, freed.get());
  }
}
