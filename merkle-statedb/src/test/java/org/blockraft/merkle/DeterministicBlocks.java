package org.blockraft.merkle;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.blockraft.state.StateUpdates;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;

/** Blocks that follow from a seed and their number alone, so that two processes make the same. */
final class DeterministicBlocks {
  private static final int KEYS = 20_000;
  private static final int CHANGES = 200;

  private final long seed;

  DeterministicBlocks(long seed) {
    this.seed = seed;
  }

  StateUpdates updates(long block) {
    Random random = new Random(seed * 31 + block);
    StateUpdates updates = new StateUpdates();
    for (int i = 0; i < CHANGES; i++) {
      byte[] key = ("key" + random.nextInt(KEYS)).getBytes(StandardCharsets.UTF_8);
      Version version = new Version(block, i);
      if (random.nextInt(5) == 0) {
        updates.delete("cc", key, version);
      } else {
        byte[] value = ("value" + random.nextLong()).getBytes(StandardCharsets.UTF_8);
        updates.put("cc", key, new VersionedValue(value, version));
      }
    }
    return updates;
  }

  /** Takes a block's updates into a tree that is computed anew. */
  void apply(long block, NaiveTree tree) {
    byte[] namespace = "cc".getBytes(StandardCharsets.UTF_8);
    updates(block)
        .of("cc")
        .forEach(
            (key, update) -> {
              byte[] position = ProofVerifier.position(namespace, key);
              if (update.isDelete()) {
                tree.remove(position);
              } else {
                Version version = update.version();
                tree.put(
                    position,
                    ProofVerifier.content(
                        version.block(), version.tx(), new byte[0], update.value().value()));
              }
            });
  }
}
