package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.blockraft.cluster.wire.StateRoot;

/**
 * Which roots of one channel's state the other nodes have told of. A node whose root is not that of
 * a majority of the members, at the newest height at which there is such a majority, is wrong.
 * Owned by the loop.
 */
final class RootComparison {
  /** Heights that are kept: what heartbeats tell in some seconds. */
  static final int HEIGHTS_MAX = 128;

  private final TreeMap<Long, Map<String, ByteString>> told = new TreeMap<>();

  /** What a node says. */
  void told(String node, List<StateRoot> roots) {
    for (StateRoot root : roots) {
      told.computeIfAbsent(root.getHeight(), height -> new HashMap<>()).put(node, root.getHash());
    }
    while (told.size() > HEIGHTS_MAX) {
      told.pollFirstEntry();
    }
  }

  /**
   * Whether this node is wrong; empty if that cannot be said now.
   *
   * @param members of the cluster, with this node
   * @param own this node's root at a height
   */
  Optional<Boolean> isOutvoted(
      Set<String> members, String self, LongFunction<Optional<ByteString>> own) {
    int majority = members.size() / 2 + 1;
    for (Map.Entry<Long, Map<String, ByteString>> height : told.descendingMap().entrySet()) {
      Optional<ByteString> mine = own.apply(height.getKey());
      if (mine.isEmpty()) {
        continue;
      }
      Map<ByteString, Integer> votes = new HashMap<>();
      votes.put(mine.get(), members.contains(self) ? 1 : 0);
      height
          .getValue()
          .forEach(
              (node, root) -> {
                if (members.contains(node)) {
                  votes.merge(root, 1, Integer::sum);
                }
              });
      for (Map.Entry<ByteString, Integer> vote : votes.entrySet()) {
        if (vote.getValue() >= majority) {
          return Optional.of(!vote.getKey().equals(mine.get()));
        }
      }
    }
    return Optional.empty();
  }
}
