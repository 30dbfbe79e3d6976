package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.blockraft.cluster.wire.StateRoot;
import org.blockraft.coordination.Term;
import org.blockraft.ledger.DurableTip;

/** A channel that only notes what it is asked for; reads are answered when the test says so. */
final class RecordingChannel implements ReplicatedChannel {
  final List<Long> appended = new ArrayList<>();
  final List<Long> prepared = new ArrayList<>();
  final Queue<Runnable> reads = new ArrayDeque<>();
  long durable;

  @Override
  public String channelId() {
    return "mychannel";
  }

  @Override
  public DurableTip durable() {
    return new DurableTip(durable, new byte[0]);
  }

  @Override
  public long announced() {
    return 0;
  }

  @Override
  public void lead(Term term) {}

  @Override
  public void follow() {}

  @Override
  public void prepare(long number, ByteString body) {
    prepared.add(number);
  }

  @Override
  public void append(DecidedBlock block) {
    appended.add(block.number());
  }

  @Override
  public void read(long number, Consumer<StoredBlock> then) {
    ByteString bytes = ByteString.copyFromUtf8("stored " + number);
    reads.add(() -> then.accept(number < durable ? new StoredBlock(bytes, List.of()) : null));
  }

  @Override
  public void announce(long height) {}

  @Override
  public List<StateRoot> roots() {
    return List.of();
  }

  @Override
  public Optional<ByteString> root(long height) {
    return Optional.empty();
  }

  @Override
  public void outvoted(boolean otherState) {}

  @Override
  public void diverged(String evidence) {}
}
