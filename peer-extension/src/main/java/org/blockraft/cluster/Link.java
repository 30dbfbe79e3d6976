package org.blockraft.cluster;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.blockraft.cluster.PendingRequests.Pending;
import org.blockraft.cluster.wire.Cancel;
import org.blockraft.cluster.wire.Control;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Frame.KindCase;
import org.blockraft.cluster.wire.Hello;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;

/**
 * One stream with another node, from its first byte to its end.
 *
 * <pre>
 * GREETING -> UP     the other node's Hello was the first frame and is accepted
 * GREETING -> ENDED  it is refused, or does not come in time, or the stream ends
 * UP       -> ENDED  the stream ends, is silent for too long, or is not wanted any more
 * </pre>
 *
 * The listener is called under a lock of the link, so that its calls are in order whichever thread
 * ends the link.
 */
final class Link {
  private enum State {
    GREETING,
    UP,
    ENDED
  }

  private final LinkRegistry registry;
  private final Optional<String> dialed;
  private final Wire wire;
  private final Object gate = new Object();
  private final long openedNanos;
  private volatile State state = State.GREETING;
  private volatile long heardNanos;
  private volatile boolean forgiven;
  private boolean hasBeenUp;
  private String endReason = "";
  // Set together when it is known who is at the other end.
  private String node;
  private Hello hello;
  private LinkMeters meters;
  private ServedRequests served;
  private volatile PendingRequests pending;
  private volatile Outbox outbox;
  // Of the receiving thread.
  private int taken;

  /**
   * @param dialed whom this node has dialed; empty if the other one has dialed
   */
  Link(LinkRegistry registry, Optional<String> dialed, Wire wire) {
    this.registry = registry;
    this.dialed = dialed;
    this.wire = wire;
    this.openedNanos = registry.now();
    this.heardNanos = openedNanos;
    dialed.ifPresent(this::identify);
  }

  private void identify(String name) {
    node = name;
    meters = registry.meters(name);
    Outbox box = new Outbox(wire, registry.settings(), meters);
    pending = new PendingRequests(registry.settings().requestsMax(), meters, this::cancel);
    served = new ServedRequests(name, registry.settings(), registry.listener(), box);
    outbox = box;
  }

  String node() {
    return node;
  }

  Hello hello() {
    return hello;
  }

  boolean isUp() {
    return state == State.UP;
  }

  boolean hasEnded() {
    return state == State.ENDED;
  }

  /** Whether it has ever been up; for after its end. */
  boolean hasBeenUp() {
    synchronized (gate) {
      return hasBeenUp;
    }
  }

  /** Why it has ended. */
  String endReason() {
    synchronized (gate) {
      return endReason;
    }
  }

  /** Bytes have come in, be it a part of a frame only: the other node lives. */
  void heard(long bytes) {
    heardNanos = registry.now();
    forgiven = false;
    LinkMeters known = meters;
    if (known != null) {
      known.receivedBytes(bytes);
    }
  }

  /** The transport takes more. */
  void ready() {
    Outbox box = outbox;
    if (box != null) {
      box.drain();
    }
  }

  /** A frame has come in; called by one thread at a time. */
  void received(Frame frame) {
    if (++taken == LinkLimits.FRAMES_ASKED / 2) {
      taken = 0;
      wire.ask(LinkLimits.FRAMES_ASKED / 2);
    }
    if (state == State.UP && frame.getKindCase() == KindCase.REPLY) {
      // Outside the lock: what the caller does next may take its time.
      meters.receivedFrame();
      pending.reply(frame.getReply(), registry.now());
      return;
    }
    String broken = null;
    synchronized (gate) {
      if (state == State.GREETING) {
        broken = greeted(frame);
      } else if (state == State.UP) {
        meters.receivedFrame();
        deliver(frame);
      }
    }
    if (broken != null) {
      registry.refused(broken);
      end(broken);
    }
  }

  private String greeted(Frame frame) {
    if (frame.getKindCase() != KindCase.HELLO) {
      return "its first frame is not a greeting";
    }
    Hello greeting = frame.getHello();
    Optional<String> refusal = registry.check(greeting, dialed);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (dialed.isEmpty()) {
      identify(greeting.getNode());
    }
    hello = greeting;
    refusal = registry.admit(this);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    hasBeenUp = true;
    registry.listener().linkUp(node, greeting);
    return null;
  }

  /** Greets if the other side has dialed, and may be used from now on; called by the registry. */
  void open() {
    if (dialed.isEmpty()) {
      outbox.offer(registry.helloFrame());
    }
    state = State.UP;
  }

  private void deliver(Frame frame) {
    switch (frame.getKindCase()) {
      case REQUEST -> served.serve(frame.getTerm(), frame.getRequest());
      case CANCEL -> served.cancel(frame.getCancel().getId());
      case CONTROL -> {
        if (frame.getControl().getKindCase() != Control.KindCase.KIND_NOT_SET) {
          registry.listener().received(node, frame);
        }
      }
      case HEARTBEAT, BLOCK, CREDIT -> registry.listener().received(node, frame);
      case HELLO, REPLY, KIND_NOT_SET -> {
        // A later version may say what this one does not know.
      }
    }
  }

  boolean send(Frame frame) {
    return state == State.UP && outbox.offer(frame);
  }

  CompletableFuture<Reply> request(long term, Request request, Duration timeout) {
    PendingRequests waiting = pending;
    Pending entry = waiting.add(request.getKindCase(), registry.now(), timeout);
    if (entry == null) {
      return CompletableFuture.failedFuture(
          new LinkLost("node %s owes %d replies already".formatted(node, waiting.size()), false));
    }
    Frame frame =
        Frame.newBuilder()
            .setTerm(term)
            .setRequest(
                request.toBuilder()
                    .setId(entry.id())
                    .setTimeoutMillis((int) Math.min(timeout.toMillis(), Integer.MAX_VALUE)))
            .build();
    if (!send(frame)) {
      waiting.fail(
          entry,
          new LinkLost(
              "a request of %d bytes to node %s cannot be sent"
                  .formatted(frame.getSerializedSize(), node),
              false));
    } else if (!isUp()) {
      // It may have come after the end had failed all others.
      waiting.fail(entry, new LinkLost("the link with node %s is lost".formatted(node), true));
    }
    return entry;
  }

  private void cancel(long id) {
    send(Frame.newBuilder().setCancel(Cancel.newBuilder().setId(id)).build());
  }

  /** Looks at the time. */
  void tick(long now) {
    LinkSettings settings = registry.settings();
    if (state == State.GREETING && now - openedNanos > settings.helloTimeout().toNanos()) {
      end("no greeting within %d ms".formatted(settings.helloTimeout().toMillis()));
    } else if (state == State.UP) {
      if (now - heardNanos > settings.silenceMax().toNanos()) {
        end("silent for %d ms".formatted((now - heardNanos) / 1_000_000));
      } else {
        pending.expire(now);
      }
    }
  }

  /**
   * This process was stopped: what the other said meanwhile gets time to come in, as if it had been
   * heard at that moment. Once only, so that a node which is always late finds out about others.
   */
  void forgive(long heard) {
    if (!forgiven && heardNanos - heard < 0) {
      forgiven = true;
      heardNanos = heard;
    }
  }

  /** Ends the link; more than once does no harm. */
  void end(String reason) {
    synchronized (gate) {
      if (state == State.ENDED) {
        return;
      }
      state = State.ENDED;
      endReason = reason;
      if (outbox == null) {
        endUnknown(reason);
      } else {
        outbox.close(reason);
        pending.failAll(
            new LinkLost("the link with node %s is lost: %s".formatted(node, reason), true));
        served.cancelAll();
      }
      if (hasBeenUp) {
        meters.lost();
        registry.listener().linkDown(node, reason);
      }
    }
    registry.ended(this, reason);
  }

  private void endUnknown(String reason) {
    try {
      wire.end(reason);
    } catch (IllegalStateException e) {
      // It had ended already.
      return;
    }
  }

  int queuedFrames() {
    return outbox.frames();
  }

  long queuedBytes() {
    return outbox.bytes();
  }

  int outstanding() {
    return pending.size();
  }
}
