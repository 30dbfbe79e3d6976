package org.blockraft.peer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.blockraft.cluster.wire.StateRoot;
import org.blockraft.coordination.ClusterView;
import org.blockraft.coordination.Coordinator;
import org.blockraft.coordination.NodeInfo;
import org.blockraft.replication.NodeStatus;

/**
 * What one node knows of its cluster, as JSON at /cluster of the operations server. Fields are
 * added in later releases, never changed.
 */
final class ClusterPage {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ClusterPage() {}

  /**
   * @param refusal why this node is not in the cluster, if so
   * @param complete whether it has all channels and packages of the cluster
   * @param others what is known of the other nodes, by name
   */
  static String of(
      String cluster,
      NodeInfo self,
      Coordinator coordinator,
      Optional<String> refusal,
      boolean draining,
      boolean complete,
      Map<String, NodeStatus> others,
      Collection<ClusteredChannel> channels) {
    ClusterView view = coordinator.view();
    ObjectNode page = JSON.createObjectNode();
    page.put("cluster", cluster);
    page.put("id", coordinator.clusterId().orElse(null));
    page.put("node", self.name());
    page.put("incarnation", self.incarnation());
    page.put("version", ProductVersion.version());
    page.put("etcd_connected", coordinator.isConnected());
    page.put("leading", coordinator.leading().isPresent());
    page.put("draining", draining);
    page.put("complete", complete);
    page.put("refused", refusal.orElse(null));
    view.leader()
        .ifPresentOrElse(
            leader ->
                page.putObject("leader")
                    .put("node", leader.node())
                    .put("term", leader.term().revision()),
            () -> page.putNull("leader"));
    ArrayNode members = page.putArray("members");
    view.members()
        .values()
        .forEach(
            member ->
                members
                    .addObject()
                    .put("node", member.name())
                    .put("address", member.address())
                    .put("incarnation", member.incarnation()));
    ArrayNode links = page.putArray("links");
    new TreeMap<>(others).values().forEach(node -> link(links.addObject(), node));
    ArrayNode roles = page.putArray("channels");
    channels.stream()
        .sorted((a, b) -> a.channelId().compareTo(b.channelId()))
        .forEach(channel -> channel(roles.addObject(), channel));
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(page) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always JSON", e);
    }
  }

  private static void link(ObjectNode json, NodeStatus node) {
    json.put("node", node.name())
        .put("linked", node.linked())
        .put("leading", node.leading())
        .put("draining", node.draining())
        .put("outstanding", node.outstanding())
        .put("weight", node.weight());
    ObjectNode heights = json.putObject("durable");
    new TreeMap<>(node.heights()).forEach(heights::put);
  }

  private static void channel(ObjectNode json, ClusteredChannel channel) {
    Optional<Throwable> failure = channel.channel().failure();
    json.put("channel", channel.channelId())
        .put("role", failure.isPresent() ? "stopped" : channel.replica().role())
        .put("durable", channel.durable().height())
        .put("announced", channel.announced())
        .put("otherState", channel.isOutvoted())
        .put("failure", failure.map(Throwable::getMessage).orElse(null));
    ObjectNode roots = json.putObject("roots");
    for (StateRoot root : channel.roots()) {
      roots.put(
          Long.toString(root.getHeight()), HexFormat.of().formatHex(root.getHash().toByteArray()));
    }
  }
}
