package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The ordering service of one channel: numbered blocks, the same bytes for all who ask. */
final class SimulatedOrderer {
  private static final int TRANSACTIONS_MAX = 12;

  /** One block in so many is a configuration. */
  private static final int CONFIGS = 12;

  private final Random random;
  private final List<ByteString> blocks = new ArrayList<>();
  private final List<ToyTransaction> waiting = new ArrayList<>();
  private long lastHash;
  private boolean down;

  SimulatedOrderer(Random random) {
    this.random = random;
    add(List.of(new ToyTransaction(ToyTransaction.Kind.CONFIG, 0)));
  }

  /** Takes a transaction from a client; it is in one of the next blocks. */
  void submit(ToyTransaction transaction) {
    waiting.add(transaction);
  }

  /** Makes one more block. */
  void cut() {
    if (random.nextInt(CONFIGS) == 0) {
      add(List.of(new ToyTransaction(ToyTransaction.Kind.CONFIG, random.nextInt())));
      return;
    }
    List<ToyTransaction> transactions = new ArrayList<>(waiting);
    waiting.clear();
    int others = 1 + random.nextInt(TRANSACTIONS_MAX);
    for (int i = 0; i < others; i++) {
      transactions.add(new ToyTransaction(ToyTransaction.Kind.PUBLIC, random.nextInt()));
    }
    add(transactions);
  }

  private void add(List<ToyTransaction> transactions) {
    ToyBlock block = ToyBlock.of(blocks.size(), lastHash, transactions);
    lastHash = block.hash();
    blocks.add(block.body());
  }

  void down(boolean now) {
    down = now;
  }

  /** Empty when there is no such block yet, or nobody answers. */
  Optional<ByteString> pull(long number) {
    return down || number >= blocks.size() ? Optional.empty() : Optional.of(block(number));
  }

  ByteString block(long number) {
    return blocks.get((int) number);
  }

  /** The first block as it follows from nothing. */
  ToyBlock.Stored genesis() {
    ToyBlock genesis = ToyBlock.parse(block(0));
    return genesis.commit(0, 0, genesis.flags(0, 0));
  }

  long height() {
    return blocks.size();
  }
}
