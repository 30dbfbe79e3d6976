package org.blockraft.coordination;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The cluster at one revision of etcd.
 *
 * @param revision of etcd; 0 as long as etcd has not answered
 * @param leader none between two leaders, and when etcd has lost what it knew
 * @param members nodes with a live lease, by name
 */
public record ClusterView(
    long revision, Optional<Leader> leader, SortedMap<String, NodeInfo> members) {

  /** What is known before etcd answered for the first time. */
  public static final ClusterView EMPTY =
      new ClusterView(0, Optional.empty(), Collections.emptySortedMap());

  public ClusterView {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }
}
