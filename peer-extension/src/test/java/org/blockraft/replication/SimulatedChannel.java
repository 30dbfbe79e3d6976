package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.blockraft.coordination.SimulatedLoop;
import org.blockraft.coordination.SimulatedTime;
import org.blockraft.coordination.Term;
import org.blockraft.ledger.DurableTip;

/**
 * The channel of one process: pipelines and ledger of the real one, in virtual time. What the real
 * one does in threads of its own happens here on a loop of its own, one thing at a time: a block is
 * committed, or the role changes between two blocks.
 */
final class SimulatedChannel implements ReplicatedChannel {
  static final String ID = "mychannel";

  /** As the real one. */
  private static final int DECIDED_MAX = 128;

  private static final int AHEAD_MAX = 64;
  private static final int GROUP_MAX = 16;
  private static final int PULLED_MAX = 16;
  private static final Duration POLL = Duration.ofMillis(10);

  private enum Role {
    NONE,
    LEADER,
    FOLLOWER
  }

  private final SimulatedProcess process;
  private final SimulatedDisk disk;
  private final SimulatedOrderer orderer;
  private final SimulatedChecks checks;
  private final SimulatedTime time;
  private final SimulatedLoop loop;
  private final SimulatedLoop worker;
  private final ArrayDeque<Runnable> roleChanges = new ArrayDeque<>();
  private final ArrayDeque<DecidedBlock> decided = new ArrayDeque<>();
  private final ArrayDeque<ByteString> pulled = new ArrayDeque<>();
  private ChannelReplica replica;
  private Role role = Role.NONE;
  private boolean working;
  private long session;
  private long unforced;
  private long announcedTo;
  private long visible;
  private long effects;

  SimulatedChannel(SimulatedProcess process, SimulatedLoop worker) {
    this.process = process;
    this.disk = process.node().disk();
    this.orderer = process.node().cluster().orderer();
    this.checks = process.node().cluster().checks();
    this.time = process.node().cluster().time();
    this.loop = process.loop();
    this.worker = worker;
    this.announcedTo = disk.forced();
    this.visible = disk.forced();
    follow();
  }

  void replica(ChannelReplica ofThis) {
    this.replica = ofThis;
  }

  /** Counts what other nodes made this one do, but for what it decides as the leader. */
  long effects() {
    return effects;
  }

  @Override
  public String channelId() {
    return ID;
  }

  @Override
  public DurableTip durable() {
    return disk.tip();
  }

  @Override
  public long announced() {
    return visible;
  }

  @Override
  public void lead(Term term) {
    checks.leads(process, term);
    changeRole(
        () -> {
          role = Role.LEADER;
          session++;
          pulled.clear();
          pull(session, disk.height());
        });
  }

  @Override
  public void follow() {
    changeRole(
        () -> {
          role = Role.FOLLOWER;
          session++;
          pulled.clear();
        });
  }

  private void changeRole(Runnable change) {
    roleChanges.add(change);
    worker.execute(this::step);
  }

  @Override
  public void prepare(long number, ByteString body) {
    effects++;
    checks.that(orderer.block(number).equals(body), process, "prepares another", number);
  }

  @Override
  public void append(DecidedBlock block) {
    effects++;
    checks.that(decided.size() < DECIDED_MAX, process, "gets more than it gave credit for");
    decided.add(block);
    worker.execute(this::step);
  }

  @Override
  public void read(long number, Consumer<StoredBlock> then) {
    time.after(
        process.node().diskDelay(),
        () ->
            loop.execute(
                () ->
                    then.accept(
                        number < disk.forced()
                            ? new StoredBlock(disk.read(number).bytes(), List.of())
                            : null)));
  }

  @Override
  public void announce(long height) {
    effects += replica.isLeading() ? 0 : 1;
    checks.announces(process, height, replica.isLeading());
    announcedTo = Math.max(announcedTo, height);
    show();
  }

  private void show() {
    visible = Math.max(visible, Math.min(announcedTo, disk.forced()));
  }

  @Override
  public void diverged(String evidence) {
    checks.that(false, process, "diverged", evidence);
  }

  private void step() {
    if (working) {
      return;
    }
    if (!roleChanges.isEmpty()) {
      force();
      Runnable change = roleChanges.poll();
      work(process.node().diskDelay(), change);
    } else if (role == Role.FOLLOWER && !decided.isEmpty()) {
      DecidedBlock next = decided.poll();
      work(process.node().commitDelay(), () -> commitDecided(next));
    } else if (role == Role.LEADER && !pulled.isEmpty()) {
      if (disk.forced() - visible > AHEAD_MAX) {
        work(POLL, () -> {});
      } else {
        ToyBlock next = ToyBlock.parse(pulled.poll());
        work(process.node().commitDelay(), () -> decideAndCommit(next));
      }
    }
  }

  private void work(Duration duration, Runnable work) {
    working = true;
    var _ =
        worker.schedule(
            duration,
            () -> {
              work.run();
              working = false;
              step();
            });
  }

  private void pull(long of, long next) {
    if (of != session) {
      return;
    }
    Optional<ByteString> block = orderer.pull(next);
    checks.pulls(process);
    if (block.isEmpty() || pulled.size() >= PULLED_MAX) {
      var _ = worker.schedule(POLL, () -> pull(of, next));
      return;
    }
    var _ = worker.schedule(process.node().diskDelay(), () -> arrives(of, next, block.get()));
  }

  private void arrives(long of, long number, ByteString body) {
    if (of == session) {
      loop.execute(
          () -> {
            replica.arrived(number, body);
            worker.execute(() -> queue(of, number, body));
          });
    }
  }

  private void queue(long of, long number, ByteString body) {
    if (of == session) {
      pulled.add(body);
      step();
      pull(of, number + 1);
    }
  }

  private void decideAndCommit(ToyBlock block) {
    ByteString flags = block.flags(disk.state());
    loop.execute(() -> replica.decided(block.number(), flags));
    commit(block, flags, !pulled.isEmpty());
  }

  private void commitDecided(DecidedBlock block) {
    if (block.number() < disk.height()) {
      if (decided.isEmpty()) {
        force();
      }
      return;
    }
    if (block.stored()) {
      ToyBlock.Stored theirs = ToyBlock.Stored.parse(block.body());
      ToyBlock.Stored ours = commit(theirs.block(), theirs.flags(), !decided.isEmpty());
      checks.that(ours.equals(theirs), process, "stores another", block.number());
    } else {
      var _ = commit(ToyBlock.parse(block.body()), block.flags(), !decided.isEmpty());
    }
  }

  private ToyBlock.Stored commit(ToyBlock block, ByteString flags, boolean moreFollow) {
    checks.that(
        block.number() == disk.height() && block.previous() == disk.lastHash(),
        process,
        "commits",
        block.number(),
        "at height",
        disk.height());
    ToyBlock.Stored stored = block.commit(disk.state(), flags);
    checks.committed(process, stored);
    disk.write(stored);
    unforced++;
    if (!moreFollow || unforced >= GROUP_MAX) {
      force();
    }
    return stored;
  }

  private void force() {
    if (unforced > 0) {
      unforced = 0;
      disk.force();
      show();
      DurableTip tip = disk.tip();
      loop.execute(() -> replica.durable(tip));
    }
  }
}
