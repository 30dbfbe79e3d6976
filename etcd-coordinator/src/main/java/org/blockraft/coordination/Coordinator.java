package org.blockraft.coordination;

import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/**
 * Who is in the cluster, who leads it, and the few facts that its nodes agree on.
 *
 * <p>Two kinds with the same behavior: {@link EtcdCoordinator} and, for a node alone, {@link
 * StandaloneCoordinator}. Methods are for any thread unless they say otherwise and never block.
 *
 * <p>Invariant: at most one node acts in a term. etcd hands out each term once; {@link #leading()}
 * ends by this node's own clock before its lease can end in etcd; and what a node writes as leader
 * is refused by etcd once its term is over.
 */
public interface Coordinator extends AutoCloseable {

  /**
   * Joins the cluster, then seeks leadership while wanted. Once.
   *
   * @param listener called on the loop
   */
  void start(Listener listener);

  /** The newest view. */
  ClusterView view();

  /**
   * The term that this node leads now, by its own monotonic clock. Ask again before each act as
   * leader; what follows may still be late, so that it carries the term.
   */
  Optional<Term> leading();

  /** Whether etcd answered lately. */
  boolean isConnected();

  /** The cluster's own random identity; none until etcd answered for the first time. */
  Optional<String> clusterId();

  /** Whether this node seeks leadership (it does from the start); false gives up what it has. */
  void candidate(boolean wanted);

  /** Gives leadership away if held; the node seeks it again after a pause. */
  void resign();

  /**
   * Ends the leadership of a node that is dead, so that another takes over at once and not only
   * when the lease ends.
   *
   * <p>When that node lives after all, {@link #leading()} may stay true there until it hears of it
   * or its lease deadline passes; the term tells its messages and writes from those of its
   * successor.
   *
   * @return false if it does not lead any more; fails with {@link CoordinationException} when etcd
   *     does not answer
   */
  CompletableFuture<Boolean> depose(Leader leader);

  /**
   * Writes a fact that all nodes see and that outlives them.
   *
   * @param fact a path without leading slash, e.g. {@code channels/mychannel}
   * @return false if this node may not write (no longer, not yet); fails with {@link
   *     CoordinationException} when etcd does not answer: the fact may be written or not
   */
  CompletableFuture<Boolean> put(String fact, byte[] value);

  /**
   * Writes a fact only while the term is that of the current leader.
   *
   * @return false if the term is over; else as {@link #put}
   */
  CompletableFuture<Boolean> putFenced(Term term, String fact, byte[] value);

  /** The facts whose path starts so, from this node's watched copy: what it wrote is in it. */
  SortedMap<String, byte[]> facts(String prefix);

  /** Leaves the cluster: gives up leadership and membership at once if etcd can be reached. */
  @Override
  void close();

  /** Hears what changes, on the loop. */
  interface Listener {

    /** Leader or members changed. */
    void viewChanged(ClusterView view);

    /** This node began or ceased to lead; a term that ended never begins again. */
    void leadingChanged(Optional<Term> term);

    /** At least one fact changed. */
    void factsChanged();

    /** etcd answers again, or has not answered for some time. */
    void connectedChanged(boolean connected);

    /** This node must not be in the cluster (its name is taken); nothing more will come. */
    default void refused(CoordinationException reason) {}
  }
}
