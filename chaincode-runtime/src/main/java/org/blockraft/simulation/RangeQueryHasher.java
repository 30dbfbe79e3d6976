package org.blockraft.simulation;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRead;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.QueryReads;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.QueryReadsMerkleSummary;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.RangeQueryInfo;

/**
 * Summarises the rows of a range query for the check on phantoms: as they are if there are at most
 * maxDegree of them, otherwise as a tree of hashes.
 *
 * <p>Rows are hashed as soon as there are <em>more</em> than maxDegree of them, so a leaf has
 * maxDegree + 1 rows; likewise a level with more than maxDegree hashes becomes one hash of the next
 * level. At the end the lower levels are folded into the highest one. Not thread-safe. See Fabric's
 * {@code core/ledger/kvledger/txmgmt/rwsetutil/query_results_helper.go}.
 */
public final class RangeQueryHasher {

  /** Degree that every simulation uses; a validator takes the one in the read-write set. */
  public static final int SIMULATION_DEGREE = 50;

  /** A tree of fewer children would not grow upwards. */
  private static final int DEGREE_MIN = 2;

  private final long degreeMax;
  private final List<KVRead> pending = new ArrayList<>();

  /** Hashes by level; the leaves, level 1, stand at index 0. */
  private final List<List<byte[]>> levels = new ArrayList<>();

  private boolean finished;

  /**
   * A summary of no rows yet.
   *
   * @param degreeMax unsigned number
   * @throws SimulationException if the degree is less than 2
   */
  public RangeQueryHasher(int degreeMax) {
    this.degreeMax = Integer.toUnsignedLong(degreeMax);
    if (this.degreeMax < DEGREE_MIN) {
      throw new SimulationException(
          "maxDegree [" + this.degreeMax + "] should not be less than 2 in the merkle tree");
    }
    levels.add(new ArrayList<>());
  }

  /** Makes the row of a key; an absent version stays absent. */
  public static KVRead row(String key, Version version) {
    return KvMessages.read(key, version);
  }

  /** Adds the next row. */
  public void add(KVRead row) {
    pending.add(row);
    if (pending.size() > degreeMax) {
      hashPending();
    }
  }

  /** Ends the tree; called once, after the last row. */
  public void finish() {
    if (finished) {
      throw new IllegalStateException("the summary is finished");
    }
    finished = true;
    if (isEmpty()) {
      return;
    }
    if (!pending.isEmpty()) {
      hashPending();
    }
    fold();
  }

  /** The rows themselves if they are few; empty if there is a {@link #summary()} instead. */
  public List<KVRead> rows() {
    return List.copyOf(pending);
  }

  /** The tree of hashes, or null if the rows are few. Before the end: the tree so far. */
  public QueryReadsMerkleSummary summary() {
    if (isEmpty()) {
      return null;
    }
    QueryReadsMerkleSummary.Builder summary =
        QueryReadsMerkleSummary.newBuilder()
            .setMaxDegree((int) degreeMax)
            .setMaxLevel(levels.size());
    for (byte[] hash : levels.getLast()) {
      summary.addMaxLevelHashes(UnsafeByteOperations.unsafeWrap(hash));
    }
    return summary.build();
  }

  /** Writes the rows or the summary; neither if there were no rows. */
  void recordInto(RangeQueryInfo.Builder info) {
    QueryReadsMerkleSummary summary = summary();
    if (summary != null) {
      info.setReadsMerkleHashes(summary);
    } else if (!pending.isEmpty()) {
      info.setRawReads(QueryReads.newBuilder().addAllKvReads(pending));
    }
  }

  private boolean isEmpty() {
    return levels.size() == 1 && levels.getFirst().isEmpty();
  }

  private void hashPending() {
    ByteString rows = QueryReads.newBuilder().addAllKvReads(pending).build().toByteString();
    pending.clear();
    MessageDigest digest = Sha256.digest();
    for (var part : rows.asReadOnlyByteBufferList()) {
      digest.update(part);
    }
    levels.getFirst().add(digest.digest());
    for (int level = 0; levels.get(level).size() > degreeMax; level++) {
      raise(level, combined(levels.get(level)));
    }
  }

  private void fold() {
    for (int level = 0; level < levels.size() - 1; level++) {
      List<byte[]> hashes = levels.get(level);
      if (!hashes.isEmpty()) {
        raise(level, hashes.size() == 1 ? hashes.getFirst() : combined(hashes));
      }
    }
    List<byte[]> highest = levels.getLast();
    if (highest.size() > degreeMax) {
      raise(levels.size() - 1, combined(highest));
    }
  }

  /** Replaces a level by one hash on the next. */
  private void raise(int level, byte[] hash) {
    levels.get(level).clear();
    if (level + 1 == levels.size()) {
      levels.add(new ArrayList<>());
    }
    levels.get(level + 1).add(hash);
  }

  private static byte[] combined(List<byte[]> hashes) {
    MessageDigest digest = Sha256.digest();
    hashes.forEach(digest::update);
    return digest.digest();
  }
}
