package org.blockraft.coordination;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a cluster has in etcd at one revision.
 *
 * @param id the cluster's random identity; none when etcd knows no such cluster
 * @param facts by path; values are not to be changed
 */
public record ClusterContents(
    Optional<String> id, ClusterView view, SortedMap<String, byte[]> facts) {

  public ClusterContents {
    facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
  }
}
