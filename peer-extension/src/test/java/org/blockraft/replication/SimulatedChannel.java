package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.blockraft.cluster.wire.ChannelHeight;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.StateRoot;
import org.blockraft.cluster.wire.StoredPrivate;
import org.blockraft.coordination.SimulatedLoop;
import org.blockraft.coordination.SimulatedTime;
import org.blockraft.coordination.Term;
import org.blockraft.ledger.DurableTip;
import org.blockraft.ledger.LedgerException;
import org.blockraft.ledger.PrivateDataKey;
import org.blockraft.ledger.PrivateDataSource;

/**
 * The channel of one process: pipelines and ledger of the real one, in virtual time. What the real
 * one does in threads of its own happens here on a loop of its own, one thing at a time: a block is
 * committed, or the role changes between two blocks.
 */
final class SimulatedChannel implements ReplicatedChannel {
  /** As the real one. */
  private static final int DECIDED_MAX = 128;

  private static final int AHEAD_MAX = 64;
  private static final int GROUP_MAX = 16;
  private static final int PULLED_MAX = 16;
  private static final Duration POLL = Duration.ofMillis(10);

  /** How long a block waits for private data, and how long between two attempts. */
  private static final Duration PULL_MAX = Duration.ofSeconds(60);

  private static final Duration PULL_PAUSE = Duration.ofSeconds(1);

  private enum Role {
    NONE,
    LEADER,
    FOLLOWER
  }

  /** What this process was told of another one since their link came up. */
  private record Caught(boolean known, boolean up) {}

  private final SimulatedProcess process;
  private final String channelId;
  private final Map<String, Caught> others = new TreeMap<>();
  private final SimulatedDisk disk;
  private final SimulatedOrderer orderer;
  private final SimulatedChecks checks;
  private final SimulatedTime time;
  private final SimulatedLoop loop;
  private final SimulatedLoop worker;
  private final PrivateDataSource siblings;
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
  private long shown;

  SimulatedChannel(SimulatedProcess process, String channelId, SimulatedLoop worker) {
    this.process = process;
    this.channelId = channelId;
    this.disk = process.node().disk(channelId);
    this.orderer = process.node().cluster().orderer(channelId);
    this.siblings =
        new SiblingPrivateData(
            channelId, process.siblings(), Duration.ofSeconds(8), PrivateDataSource.NONE);
    this.checks = process.node().cluster().checks();
    this.time = process.node().cluster().time();
    this.loop = process.loop();
    this.worker = worker;
    this.announcedTo = disk.forced();
    this.visible = disk.forced();
    checks.opened(channelId, visible);
    follow();
  }

  void replica(ChannelReplica ofThis) {
    this.replica = ofThis;
  }

  SimulatedLoop worker() {
    return worker;
  }

  SimulatedDisk disk() {
    return disk;
  }

  boolean isLeading() {
    return replica.isLeading();
  }

  /** Notes what clients see; returns what they saw before. */
  long shows() {
    long before = shown;
    shown = visible;
    return before;
  }

  /** Whether another node counts as joining here: it has said that it is far behind. */
  boolean holdsAsJoining(String other) {
    Caught caught = others.get(other);
    return caught != null && caught.known && !caught.up;
  }

  void linkUp(String other) {
    others.put(other, new Caught(false, false));
  }

  /** Notes what another node says of its height. */
  void note(String from, Frame frame) {
    if (frame.hasHeartbeat()) {
      long height = 0;
      for (ChannelHeight its : frame.getHeartbeat().getChannelsList()) {
        height = its.getChannel().equals(channelId) ? its.getDurable() : height;
      }
      reported(from, height);
    } else if (frame.getControl().hasProgress()
        && frame.getControl().getProgress().getChannel().equals(channelId)) {
      reported(from, frame.getControl().getProgress().getDurable());
    }
  }

  private void reported(String from, long height) {
    boolean caughtUp =
        height + ChannelReplica.LAG_BLOCKS >= disk.forced()
            || others.getOrDefault(from, new Caught(false, false)).up;
    others.put(from, new Caught(true, caughtUp));
  }

  /** Counts what other nodes made this one do, but for what it decides as the leader. */
  long effects() {
    return effects;
  }

  @Override
  public String channelId() {
    return channelId;
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
    checks.leads(process, channelId, term);
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
                () -> then.accept(number < disk.forced() ? stored(disk.read(number)) : null)));
  }

  private StoredBlock stored(ToyBlock.Stored block) {
    List<ToyTransaction> transactions = block.block().transactions();
    List<StoredPrivate> secrets = new ArrayList<>();
    for (int i : block.privates()) {
      if (disk.isCommittedWith(transactions.get(i).txId())) {
        secrets.add(
            StoredPrivate.newBuilder()
                .setTx(i)
                .setWriteSet(transactions.get(i).writeSet().toByteString())
                .build());
      }
    }
    return new StoredBlock(block.bytes(), secrets);
  }

  @Override
  public void announce(long height) {
    effects += replica.isLeading() ? 0 : 1;
    checks.announces(process, this, height, replica.isLeading());
    announcedTo = Math.max(announcedTo, height);
    show();
  }

  private void show() {
    visible = Math.max(visible, Math.min(announcedTo, disk.forced()));
    process.proposals().announced().announced(channelId, visible);
  }

  /** The toy state has no tree; its hash at the tip will do. */
  @Override
  public List<StateRoot> roots() {
    DurableTip tip = durable();
    return List.of(
        StateRoot.newBuilder()
            .setHeight(tip.height())
            .setHash(ByteString.copyFrom(tip.commitHash()))
            .build());
  }

  @Override
  public Optional<ByteString> root(long height) {
    DurableTip tip = durable();
    return height == tip.height()
        ? Optional.of(ByteString.copyFrom(tip.commitHash()))
        : Optional.empty();
  }

  @Override
  public void outvoted(boolean otherState) {
    checks.that(!otherState, process, "outvoted", "most nodes have another state");
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
      commitDecided(decided.poll());
    } else if (role == Role.LEADER && !pulled.isEmpty()) {
      if (disk.forced() - visible > AHEAD_MAX) {
        work(POLL, () -> {});
      } else {
        decideAndCommit(ToyBlock.parse(pulled.poll()));
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
            process.node().cluster().reached(SimulatedPoint.ARRIVED, process);
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
    ByteString flags = block.flags(disk.state(), disk.config());
    loop.execute(() -> replica.decided(block.number(), flags));
    process.node().cluster().reached(SimulatedPoint.DECIDED, process);
    long of = session;
    PrivateDataSource source = siblings.until(() -> of != session || !roleChanges.isEmpty());
    commit(block.commit(disk.state(), disk.config(), flags), source, () -> !pulled.isEmpty());
  }

  private void commitDecided(DecidedBlock decision) {
    if (decision.number() < disk.height()) {
      if (decided.isEmpty()) {
        force();
      }
      step();
      return;
    }
    PrivateDataSource source =
        decision.privateData().isEmpty()
            ? siblings
            : new CarriedPrivateData(decision.privateData(), siblings);
    if (decision.stored()) {
      ToyBlock.Stored theirs = ToyBlock.Stored.parse(decision.body());
      ToyBlock.Stored ours = theirs.block().commit(disk.state(), disk.config(), theirs.flags());
      checks.that(ours.equals(theirs), process, "stores another", decision.number());
      commit(ours, source, () -> !decided.isEmpty());
    } else {
      ToyBlock block = ToyBlock.parse(decision.body());
      commit(
          block.commit(disk.state(), disk.config(), decision.flags()),
          source,
          () -> !decided.isEmpty());
    }
  }

  private void commit(ToyBlock.Stored block, PrivateDataSource source, BooleanSupplier more) {
    checks.that(
        block.block().number() == disk.height() && block.block().previous() == disk.lastHash(),
        process,
        "commits",
        block.block().number(),
        "at height",
        disk.height());
    Set<String> secrets = new TreeSet<>();
    List<PrivateDataSource.Wanted> wanted = new ArrayList<>();
    List<ToyTransaction> transactions = block.block().transactions();
    for (int i : block.privates()) {
      if (disk.finds(transactions.get(i).txId())) {
        secrets.add(transactions.get(i).txId());
      } else {
        wanted.add(
            new PrivateDataSource.Wanted(
                transactions.get(i).key(block.block().number(), i), List.of()));
      }
    }
    if (wanted.isEmpty()) {
      work(process.node().commitDelay(), () -> write(block, secrets, more));
    } else {
      working = true;
      process.threads().start("collect", () -> collect(block, source, wanted, secrets, more));
    }
  }

  /** As PrivateDataCollector does it: until all are here, or asking again is pointless. */
  private void collect(
      ToyBlock.Stored block,
      PrivateDataSource source,
      List<PrivateDataSource.Wanted> wanted,
      Set<String> secrets,
      BooleanSupplier more) {
    long started = process.threads().nanoTime();
    try {
      boolean again = true;
      while (again && process.threads().nanoTime() - started < PULL_MAX.toNanos()) {
        Optional<PrivateDataSource.Pulled> pulled = source.pull(wanted);
        pulled.ifPresent(
            some -> some.writeSets().forEach((key, writes) -> take(key, writes, wanted, secrets)));
        again = pulled.isPresent() && !wanted.isEmpty();
        if (again) {
          process.threads().pause(PULL_PAUSE);
        }
      }
    } catch (LedgerException e) {
      worker.execute(
          () -> {
            working = false; // the block flow ends: this block comes again
            step();
          });
      return;
    }
    wanted.forEach(want -> checks.lacks(process, channelId, want.key().txId()));
    worker.execute(() -> work(process.node().commitDelay(), () -> write(block, secrets, more)));
  }

  private void take(
      PrivateDataKey key,
      ByteString writes,
      List<PrivateDataSource.Wanted> wanted,
      Set<String> secrets) {
    checks.that(
        writes.equals(ToyTransaction.secret(key.txId())), process, "gets another secret", key);
    wanted.removeIf(want -> want.key().equals(key));
    secrets.add(key.txId());
  }

  private void write(ToyBlock.Stored block, Set<String> secrets, BooleanSupplier more) {
    checks.committed(process, channelId, block);
    disk.write(block, secrets);
    unforced++;
    if (!more.getAsBoolean() || unforced >= GROUP_MAX) {
      force();
    }
  }

  private void force() {
    if (unforced > 0) {
      unforced = 0;
      disk.force();
      show();
      DurableTip tip = disk.tip();
      loop.execute(() -> replica.durable(tip));
      process.node().cluster().reached(SimulatedPoint.FORCED, process);
    }
  }
}
