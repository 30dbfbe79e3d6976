package org.blockraft.coordination;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every kind of {@link Coordinator} does for a node alone. */
abstract class CoordinatorContract {
  static final NodeInfo SELF = new NodeInfo("n1", "n1:7070", "first");

  /** Leadership and connection as they were told. */
  final List<String> told = new CopyOnWriteArrayList<>();

  private final List<Coordinator> opened = new ArrayList<>();

  /** A coordinator of {@link #SELF}, not started. */
  abstract Coordinator coordinator();

  /** Closes it, in whatever time the kind runs. */
  abstract void close(Coordinator coordinator);

  /** Waits, in whatever time the kind runs. */
  abstract void until(String what, BooleanSupplier condition);

  private final class Recorder implements Coordinator.Listener {
    @Override
    public void viewChanged(ClusterView view) {}

    @Override
    public void leadingChanged(Optional<Term> term) {
      told.add(term.isPresent() ? "leads" : "follows");
    }

    @Override
    public void factsChanged() {
      told.add("facts");
    }

    @Override
    public void connectedChanged(boolean connected) {
      told.add(connected ? "connected" : "not connected");
    }
  }

  @AfterEach
  void closeAll() {
    opened.forEach(this::close);
  }

  private Coordinator started() {
    Coordinator coordinator = coordinator();
    opened.add(coordinator);
    coordinator.start(new Recorder());
    until("leads", () -> coordinator.leading().isPresent());
    until("told", () -> told.contains("leads") && told.contains("connected"));
    return coordinator;
  }

  private boolean get(CompletableFuture<Boolean> future) {
    until("done", future::isDone);
    return future.join();
  }

  @Test
  void beforeTheStartNothingIsKnown() {
    Coordinator coordinator = coordinator();
    assertTrue(coordinator.leading().isEmpty());
    assertFalse(coordinator.isConnected());
    assertEquals(Set.of(), coordinator.view().members().keySet());
    assertFalse(get(coordinator.put("a", new byte[0])));
    close(coordinator);
  }

  @Test
  void leadsAloneAndIsItsOnlyMember() {
    Coordinator coordinator = started();
    ClusterView view = coordinator.view();
    assertEquals(Set.of("n1"), view.members().keySet());
    assertEquals(SELF, view.members().get("n1"));
    Leader leader = view.leader().orElseThrow();
    assertEquals("n1", leader.node());
    assertEquals("first", leader.incarnation());
    assertEquals(coordinator.leading(), Optional.of(leader.term()));
    assertTrue(coordinator.isConnected());
    assertTrue(coordinator.clusterId().isPresent());
  }

  @Test
  void doesNotLeadWhenNotWanted() {
    Coordinator coordinator = started();
    coordinator.candidate(false);
    until("follows", () -> coordinator.leading().isEmpty());
    until("view", () -> coordinator.view().leader().isEmpty());
    coordinator.candidate(true);
    until("leads again", () -> coordinator.leading().isPresent());
    until("told", () -> told.stream().filter("leads"::equals).count() == 2);
  }

  @Test
  void leadsAgainSomeTimeAfterResigning() {
    Coordinator coordinator = started();
    coordinator.resign();
    until("follows", () -> coordinator.leading().isEmpty());
    until("leads again", () -> coordinator.leading().isPresent());
    until("told", () -> told.stream().filter("leads"::equals).count() == 2);
    assertTrue(told.indexOf("follows") < told.lastIndexOf("leads"));
  }

  @Test
  void factsAreThereOnceWritten() {
    Coordinator coordinator = started();
    byte[] value = {1, 2};
    assertTrue(get(coordinator.put("channels/a", value)));
    value[0] = 9;
    assertTrue(get(coordinator.put("packages/b", new byte[] {3})));
    assertArrayEquals(new byte[] {1, 2}, coordinator.facts("channels/").get("channels/a"));
    assertEquals(Set.of("channels/a", "packages/b"), coordinator.facts("").keySet());
    assertEquals(Set.of(), coordinator.facts("other").keySet());
    until("told", () -> told.contains("facts"));
  }

  @Test
  void fencedFactsNeedTheTermOfNow() {
    Coordinator coordinator = started();
    Term term = coordinator.leading().orElseThrow();
    assertTrue(get(coordinator.putFenced(term, "a", new byte[] {1})));
    assertFalse(get(coordinator.putFenced(new Term(term.revision() + 1), "a", new byte[] {2})));
    assertArrayEquals(new byte[] {1}, coordinator.facts("").get("a"));
  }

  @Test
  void namesAndValuesOfFactsAreLimited() {
    Coordinator coordinator = started();
    for (String name : List.of("", "/a", "a/", "a//b", "a\nb", "a".repeat(1000))) {
      assertThrows(
          IllegalArgumentException.class, () -> get(coordinator.put(name, new byte[0])), name);
    }
    assertThrows(
        IllegalArgumentException.class, () -> get(coordinator.put("a", new byte[2 << 20])));
  }

  @Test
  void whoDoesNotLeadCannotBeDeposed() {
    Coordinator coordinator = started();
    assertFalse(get(coordinator.depose(new Leader("n2", "other", new Term(999_999), 5))));
    assertTrue(coordinator.leading().isPresent());
  }

  @Test
  void leadsNoMoreAfterClosing() {
    Coordinator coordinator = started();
    close(coordinator);
    until("follows", () -> coordinator.leading().isEmpty());
  }
}
