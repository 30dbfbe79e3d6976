package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The ordering service: numbered blocks, the same bytes for all who ask. */
final class SimulatedOrderer {
  private static final int TRANSACTIONS_MAX = 12;

  private final Random random;
  private final List<ByteString> blocks = new ArrayList<>();
  private long lastHash;
  private boolean down;

  SimulatedOrderer(Random random) {
    this.random = random;
    cut();
  }

  /** Makes one more block. */
  void cut() {
    byte[] payload = new byte[1 + random.nextInt(TRANSACTIONS_MAX)];
    random.nextBytes(payload);
    ToyBlock block = new ToyBlock(blocks.size(), lastHash, ByteString.copyFrom(payload));
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

  long height() {
    return blocks.size();
  }
}
