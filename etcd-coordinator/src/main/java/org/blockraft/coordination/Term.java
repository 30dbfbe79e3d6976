package org.blockraft.coordination;

/**
 * The fencing token of a leadership: the etcd revision that created the leader key.
 *
 * <p>Every message between nodes carries it; a message with a lower term is refused. A standalone
 * node is always in term {@link #STANDALONE}.
 */
public record Term(long revision) implements Comparable<Term> {

  /** The only term of a node that runs without etcd. */
  public static final Term STANDALONE = new Term(1);

  public Term {
    if (revision <= 0) {
      throw new IllegalArgumentException("term revision must be positive: " + revision);
    }
  }

  @Override
  public int compareTo(Term other) {
    return Long.compare(revision, other.revision);
  }
}
