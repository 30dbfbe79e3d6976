package org.blockraft.peer;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;
import org.blockraft.coordination.Term;

/** The facts by which an operator's commands reach nodes; docs/etcd.md describes them. */
final class OperatorFacts {

  /** The term that is to end. A later one is not touched by it. */
  static final String RESIGN = "resign";

  private static final String NODES = "nodes/";
  private static final String DRAIN = "/drain";

  private OperatorFacts() {}

  /** The order that drains a node; another random text each time, empty: none. */
  static String drain(String node) {
    return NODES + node + DRAIN;
  }

  /** The node that a fact drains, if it is such a fact. */
  static Optional<String> drainedNode(String fact) {
    return fact.startsWith(NODES) && fact.endsWith(DRAIN)
        ? Optional.of(fact.substring(NODES.length(), fact.length() - DRAIN.length()))
        : Optional.empty();
  }

  /** The node's answer: {@link #done}. */
  static String drained(String node) {
    return NODES + node + "/drained";
  }

  /** That a process has fulfilled an order. */
  static String done(String order, String incarnation) {
    return order + " " + incarnation;
  }

  static byte[] term(Term term) {
    return bytes(Long.toString(term.revision()));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The text of a fact; empty if it is not there. */
  static String text(SortedMap<String, byte[]> facts, String fact) {
    byte[] value = facts.get(fact);
    return value == null ? "" : new String(value, StandardCharsets.UTF_8);
  }
}
