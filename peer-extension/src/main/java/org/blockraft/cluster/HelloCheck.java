package org.blockraft.cluster;

import java.util.Optional;
import java.util.Set;
import org.blockraft.cluster.wire.Hello;

/** Whether a node that greets is one to be linked with. */
final class HelloCheck {
  private HelloCheck() {}

  /**
   * Why not, if so.
   *
   * @param dialed the node that this one has dialed; empty if the other one has
   * @param members names of the other nodes
   */
  static Optional<String> refusal(
      LinkSettings own, Hello hello, Optional<String> dialed, Set<String> members) {
    String node = hello.getNode();
    String reason = null;
    if (!hello.getCluster().equals(own.cluster())) {
      reason = "its cluster is '%s', not '%s'".formatted(hello.getCluster(), own.cluster());
    } else if (!hello.getClusterId().equals(own.clusterId().get())) {
      reason =
          "its cluster '%s' has id '%s', not '%s': another etcd, or one that has lost its data"
              .formatted(own.cluster(), hello.getClusterId(), own.clusterId().get());
    } else if (hello.getWireVersion() < LinkLimits.WIRE_VERSION_LEAST
        || hello.getWireVersionLeast() > LinkLimits.WIRE_VERSION) {
      reason =
          "no common wire version: node '%s' (%s) speaks %d to %d, this one %d to %d"
              .formatted(
                  node,
                  hello.getProductVersion(),
                  hello.getWireVersionLeast(),
                  hello.getWireVersion(),
                  LinkLimits.WIRE_VERSION_LEAST,
                  LinkLimits.WIRE_VERSION);
    } else if (node.equals(own.node())) {
      reason = "its name '%s' is this node's own".formatted(node);
    } else if (dialed.isPresent() && !node.equals(dialed.get())) {
      reason = "it is node '%s', not '%s' as dialed".formatted(node, dialed.get());
    } else if (dialed.isEmpty() && node.compareTo(own.node()) > 0) {
      reason = "node '%s' is not to dial '%s': the smaller name does".formatted(node, own.node());
    } else if (!members.contains(node)) {
      reason = "node '%s' is not a member of the cluster now".formatted(node);
    }
    return Optional.ofNullable(reason);
  }

  /** What this node says. */
  static Hello hello(LinkSettings own) {
    return Hello.newBuilder()
        .setWireVersion(LinkLimits.WIRE_VERSION)
        .setWireVersionLeast(LinkLimits.WIRE_VERSION_LEAST)
        .setCluster(own.cluster())
        .setClusterId(own.clusterId().get())
        .setNode(own.node())
        .setIncarnation(own.incarnation())
        .setProductVersion(own.productVersion())
        .build();
  }
}
