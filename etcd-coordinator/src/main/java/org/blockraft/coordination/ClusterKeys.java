package org.blockraft.coordination;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.blockraft.coordination.EtcdPort.Condition;
import org.blockraft.coordination.EtcdPort.Effect;
import org.blockraft.coordination.EtcdPort.Entry;
import org.blockraft.coordination.EtcdPort.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names and values of what a cluster has in etcd; docs/etcd.md describes them. Immutable. */
final class ClusterKeys {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterKeys.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String all;

  ClusterKeys(String prefix) {
    this.all = prefix + "/";
  }

  /** What every key of the cluster starts with. */
  String all() {
    return all;
  }

  String id() {
    return all + "id";
  }

  String leader() {
    return all + "leader";
  }

  String members() {
    return all + "members/";
  }

  String member(String node) {
    return members() + node;
  }

  String facts() {
    return all + "facts/";
  }

  String fact(String name) {
    return facts() + name;
  }

  /**
   * Writes a key that ends with the lease, if there is none of that name yet; reads it and the id
   * of the cluster, in this order, if not.
   */
  Transaction claim(Condition sameCluster, String key, byte[] value, long lease) {
    return new Transaction(
        List.of(sameCluster, new Condition.CreatedAt(key, 0)),
        List.of(new Effect.Put(key, value, lease)),
        List.of(key, id()));
  }

  /**
   * Writes a fact; reads the leader and the id of the cluster, in this order, if it may not.
   *
   * @param term the fact is written only while this is the term of the leader; none: whoever leads
   */
  Transaction write(Condition sameCluster, Optional<Term> term, String fact, byte[] value) {
    List<Condition> conditions = new ArrayList<>();
    conditions.add(sameCluster);
    term.ifPresent(of -> conditions.add(new Condition.CreatedAt(leader(), of.revision())));
    return new Transaction(
        conditions, List.of(new Effect.Put(fact(fact), value, 0)), List.of(leader(), id()));
  }

  static byte[] text(String value) {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  static String text(Entry entry) {
    return new String(entry.value(), StandardCharsets.UTF_8);
  }

  static byte[] memberValue(NodeInfo node) {
    return json(
        Map.of("name", node.name(), "address", node.address(), "incarnation", node.incarnation()));
  }

  static byte[] leaderValue(NodeInfo node) {
    return json(Map.of("node", node.name(), "incarnation", node.incarnation()));
  }

  private static byte[] json(Map<String, String> fields) {
    try {
      return JSON.writeValueAsBytes(new TreeMap<>(fields));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings are always JSON", e);
    }
  }

  /** None if the value is not one of ours; fields that this version does not know are ignored. */
  static Optional<NodeInfo> member(Entry entry) {
    try {
      JsonNode json = JSON.readTree(entry.value());
      return Optional.of(
          new NodeInfo(
              json.path("name").asText(),
              json.path("address").asText(),
              json.path("incarnation").asText()));
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("Ignoring {}, which is no member: {}", entry.key(), e.getMessage());
      return Optional.empty();
    }
  }

  /** None if the value is not one of ours. */
  static Optional<Leader> leader(Entry entry) {
    try {
      JsonNode json = JSON.readTree(entry.value());
      return Optional.of(
          new Leader(
              json.path("node").asText(),
              json.path("incarnation").asText(),
              new Term(entry.createRevision()),
              entry.lease()));
    } catch (IOException e) {
      LOG.warn("Ignoring {}, which is no leader: {}", entry.key(), e.getMessage());
      return Optional.empty();
    }
  }
}
