package org.blockraft.replication;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.blockraft.cluster.LinkLimits;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.coordination.SimulatedTime;

/**
 * Links between processes, as the real ones behave: one for each pair, frames in order, late and,
 * when the link ends, lost; an end that hears nothing for some time gives the link up. A direction
 * that is blocked delivers nothing, and what waits there comes late when it is free again in time.
 */
final class SimulatedNetwork {
  private static final Duration SILENCE = LinkLimits.SILENCE_MAX;
  private static final Duration WATCH = Duration.ofMillis(50);

  /** Small enough for a blocked link to fill up before it is given up. */
  private static final int QUEUE_MAX = 96;

  private final SimulatedTime time;
  private final TreeMap<String, SimulatedProcess> processes = new TreeMap<>();
  private final TreeMap<String, Link> links = new TreeMap<>();
  private final Set<String> blocked = new TreeSet<>();
  private final Map<String, Long> disturbed = new TreeMap<>();
  private Duration delayMax = Duration.ofMillis(2);
  private long requests;

  private record Item(long due, Runnable delivery) {}

  private record Link(End low, End high) {
    List<End> ends() {
      return List.of(low, high);
    }

    boolean isUp() {
      return low.up && high.up;
    }
  }

  private static final class End {
    private final SimulatedProcess process;
    private End other;
    private boolean up;
    private boolean over;
    private long heard;
    private long lastDue;
    private final ArrayDeque<Item> incoming = new ArrayDeque<>();
    private final Map<Long, CompletableFuture<Reply>> asked = new TreeMap<>();

    private End(SimulatedProcess process) {
      this.process = process;
    }
  }

  /** A request whose link is lost. */
  static final class LinkGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LinkGone(String node) {
      super("no link with " + node, null, false, false);
    }
  }

  SimulatedNetwork(SimulatedTime time) {
    this.time = time;
  }

  /** A process that begins to listen and dial. */
  void started(SimulatedProcess process) {
    String name = process.name();
    for (String other : processes.keySet()) {
      if (!processes.containsKey(name)) {
        dial(pair(name, other));
      }
    }
    processes.put(name, process);
  }

  private static List<String> pair(String a, String b) {
    return a.compareTo(b) < 0 ? List.of(a, b) : List.of(b, a);
  }

  private static String key(List<String> pair) {
    return pair.get(0) + "-" + pair.get(1);
  }

  private void dial(List<String> pair) {
    time.after(
        time.between(Duration.ofMillis(5), Duration.ofMillis(60)),
        () -> {
          SimulatedProcess low = processes.get(pair.get(0));
          SimulatedProcess high = processes.get(pair.get(1));
          Link link = links.get(key(pair));
          if (canLink(low, high) && (link == null || replaces(link, low))) {
            connect(pair, low, high);
          }
          dial(pair);
        });
  }

  private boolean canLink(SimulatedProcess low, SimulatedProcess high) {
    return low.isRunning()
        && high.isRunning()
        && low.knows(high)
        && high.knows(low)
        && !isBlocked(low.name(), high.name())
        && !isBlocked(high.name(), low.name());
  }

  private static boolean replaces(Link link, SimulatedProcess low) {
    return link.low.over || !link.low.process.equals(low);
  }

  private void connect(List<String> pair, SimulatedProcess low, SimulatedProcess high) {
    Link before = links.get(key(pair));
    if (before != null) {
      before.ends().forEach(end -> end(end, false));
    }
    Link link = new Link(new End(low), new End(high));
    link.low.other = link.high;
    link.high.other = link.low;
    links.put(key(pair), link);
    disturbed.put(key(pair), time.nowNanos());
    link.ends().forEach(end -> deliver(end, () -> up(end)));
    watch(link);
  }

  private void up(End end) {
    end.up = true;
    String other = end.other.process.name();
    end.process.loop().execute(() -> end.process.linkUp(other));
  }

  private void watch(Link link) {
    link.ends()
        .forEach(
            end -> {
              boolean silent = time.nowNanos() - end.heard > SILENCE.toNanos();
              if (end.up && !end.over && end.process.isRunning() && silent) {
                end(end, true);
              }
            });
    if (!link.low.over || !link.high.over) {
      time.after(WATCH, () -> watch(link));
    }
  }

  /** Gives a frame to the link with another node; false if there is none or it is full. */
  boolean send(SimulatedProcess from, String to, Frame frame) {
    End own = own(from, to);
    if (own == null || own.other.incoming.size() >= QUEUE_MAX) {
      return false;
    }
    Link link = links.get(key(pair(from.name(), to)));
    SimulatedProcess receiver = own.other.process;
    deliver(
        own.other,
        () -> receiver.loop().execute(() -> receiver.received(from.name(), frame, link.isUp())));
    return true;
  }

  /** The nodes that a process has links with. */
  Set<String> connected(SimulatedProcess from) {
    Set<String> connected = new TreeSet<>();
    for (String other : processes.keySet()) {
      if (own(from, other) != null) {
        connected.add(other);
      }
    }
    return connected;
  }

  /** The usable end of the link that a process has with another node; null if there is none. */
  private End own(SimulatedProcess from, String to) {
    Link link = to.equals(from.name()) ? null : links.get(key(pair(from.name(), to)));
    if (link == null) {
      return null;
    }
    End own = link.low.process.equals(from) ? link.low : link.high;
    return own.process.equals(from) && own.up && !own.over ? own : null;
  }

  /** Asks another node, as {@link org.blockraft.cluster.NodeRequests} says. */
  CompletableFuture<Reply> request(
      SimulatedProcess from, String to, Request request, Duration timeout) {
    CompletableFuture<Reply> answer = new CompletableFuture<>();
    End own = own(from, to);
    if (own == null) {
      answer.completeExceptionally(new LinkGone(to));
      return answer;
    }
    long id = requests++;
    own.asked.put(id, answer);
    var _ =
        from.loop()
            .schedule(
                timeout,
                () -> {
                  own.asked.remove(id);
                  answer.completeExceptionally(new TimeoutException("no reply in " + timeout));
                });
    SimulatedProcess asked = own.other.process;
    deliver(
        own.other,
        () -> {
          var _ =
              asked.serve(request).thenAccept(reply -> deliver(own, () -> replied(own, id, reply)));
        });
    return answer;
  }

  private static void replied(End own, long id, Reply reply) {
    CompletableFuture<Reply> answer = own.asked.remove(id);
    if (answer != null) {
      answer.complete(reply);
    }
  }

  private void deliver(End to, Runnable delivery) {
    if (to.over) {
      return; // the other end does not know yet
    }
    Duration delay = time.between(Duration.ofNanos(20_000), delayMax);
    to.lastDue = Math.max(to.lastDue, time.nowNanos() + delay.toNanos());
    to.incoming.add(new Item(to.lastDue, delivery));
    time.after(Duration.ofNanos(to.lastDue - time.nowNanos()), () -> pump(to));
  }

  private void pump(End end) {
    while (!end.over
        && end.process.isRunning()
        && !end.incoming.isEmpty()
        && end.incoming.peek().due() <= time.nowNanos()
        && !isBlocked(end.other.process.name(), end.process.name())) {
      end.heard = time.nowNanos();
      end.incoming.poll().delivery().run();
    }
  }

  /** Ends a link at one end; the other end hears of it after some of what was on the way. */
  private void end(End end, boolean tell) {
    if (end.over) {
      return;
    }
    end.over = true;
    end.incoming.clear();
    for (CompletableFuture<Reply> answer : List.copyOf(end.asked.values())) {
      end.process
          .loop()
          .execute(() -> answer.completeExceptionally(new LinkGone(end.other.process.name())));
    }
    end.asked.clear();
    if (end.up) {
      String other = end.other.process.name();
      end.process.loop().execute(() -> end.process.linkDown(other));
    }
    if (tell && !end.other.over) {
      ArrayDeque<Item> incoming = end.other.incoming;
      int kept = time.random().nextInt(incoming.size() + 1);
      while (incoming.size() > kept) {
        incoming.removeLast();
      }
      deliver(end.other, () -> end(end.other, false));
    }
  }

  /** The members that a process may be linked with have changed. */
  void members(SimulatedProcess process) {
    ends(process, end -> !process.knows(end.other.process), end -> end(end, true));
  }

  private void ends(
      SimulatedProcess process, java.util.function.Predicate<End> which, Consumer<End> then) {
    for (Link link : List.copyOf(links.values())) {
      link.ends().stream()
          .filter(end -> end.process.equals(process) && !end.over && which.test(end))
          .forEach(then);
    }
  }

  /**
   * A process is gone.
   *
   * @param silently as when its machine is: nobody hears of it
   */
  void crashed(SimulatedProcess process, boolean silently) {
    ends(process, end -> true, end -> end(end, !silently));
  }

  /** A process stood still and goes on; its links look at its own pause first. */
  void resumed(SimulatedProcess process) {
    ends(
        process,
        end -> true,
        end -> {
          end.heard = time.nowNanos() - SILENCE.toNanos() / 2;
          pump(end);
        });
  }

  /** The link of two nodes is reset, if there is one. */
  void reset(String a, String b) {
    Link link = links.get(key(pair(a, b)));
    if (link != null) {
      end(link.low, true);
    }
  }

  void delayMax(Duration most) {
    delayMax = most;
    processes.keySet().forEach(a -> processes.keySet().forEach(b -> disturb(a, b)));
  }

  void block(String from, String to) {
    disturb(from, to);
    blocked.add(from + ">" + to);
  }

  void unblock(String from, String to) {
    disturb(from, to);
    blocked.remove(from + ">" + to);
    List<End> ends = new ArrayList<>();
    links.values().forEach(link -> ends.addAll(link.ends()));
    ends.forEach(this::pump);
  }

  private void disturb(String a, String b) {
    disturbed.put(key(pair(a, b)), time.nowNanos());
  }

  private boolean isBlocked(String from, String to) {
    return blocked.contains(from + ">" + to);
  }

  /** Whether two processes have had an undisturbed link for that long. */
  boolean linkedFor(SimulatedProcess a, SimulatedProcess b, Duration duration) {
    String key = key(pair(a.name(), b.name()));
    Link link = links.get(key);
    return link != null
        && link.isUp()
        && !link.low.over
        && !link.high.over
        && link.ends().stream().allMatch(end -> end.process.equals(a) || end.process.equals(b))
        && !isBlocked(a.name(), b.name())
        && !isBlocked(b.name(), a.name())
        && delayMax.toMillis() < 50
        && time.nowNanos() - disturbed.getOrDefault(key, 0L) > duration.toNanos();
  }
}
