package org.blockraft.mvcc;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.blockraft.simulation.RangeQueryHasher;
import org.blockraft.simulation.SimulationException;
import org.blockraft.state.Version;
import org.blockraft.validate.KeyReadWrites.KeyRead;
import org.blockraft.validate.KeyReadWrites.MerkleSummary;
import org.blockraft.validate.KeyReadWrites.RangeRead;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.QueryReadsMerkleSummary;

/**
 * Whether a range query would still return the same rows.
 *
 * <p>Fabric: core/ledger/kvledger/txmgmt/validation/rangequery_validator.go.
 */
final class RangeCheck {

  private RangeCheck() {}

  /** One row of the range as it is now. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares rows
  record Row(byte[] key, Version version) {}

  static boolean holds(String namespace, RangeRead range, ReadAhead committed, RunningBatch batch) {
    try (CurrentRange rows = new CurrentRange(namespace, range, committed, batch)) {
      return range.summary() == null
          ? rawReadsHold(range.rawReads(), rows)
          : summaryHolds(range.summary(), rows);
    }
  }

  private static boolean rawReadsHold(List<KeyRead> reads, CurrentRange rows) {
    for (KeyRead read : reads) {
      Row row = rows.next();
      if (row == null
          || !Arrays.equals(row.key(), read.key())
          || !row.version().equals(read.version())) {
        return false;
      }
    }
    return rows.next() == null;
  }

  private static boolean summaryHolds(MerkleSummary recorded, CurrentRange rows) {
    RangeQueryHasher hasher;
    try {
      hasher = new RangeQueryHasher(recorded.degreeMax());
    } catch (SimulationException e) {
      throw new MvccException(e.getMessage());
    }
    for (Row row = rows.next(); row != null; row = rows.next()) {
      String key = new String(row.key(), StandardCharsets.UTF_8);
      hasher.add(RangeQueryHasher.row(key, row.version()));
    }
    hasher.finish();
    QueryReadsMerkleSummary now = hasher.summary();
    if (now == null
        || now.getMaxDegree() != recorded.degreeMax()
        || now.getMaxLevel() != recorded.levelMax()
        || now.getMaxLevelHashesCount() != recorded.hashes().size()) {
      return false;
    }
    for (int i = 0; i < recorded.hashes().size(); i++) {
      if (!now.getMaxLevelHashes(i).equals(ByteString.copyFrom(recorded.hashes().get(i)))) {
        return false;
      }
    }
    return true;
  }
}
