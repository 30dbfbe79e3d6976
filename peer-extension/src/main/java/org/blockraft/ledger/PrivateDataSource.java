package org.blockraft.ledger;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Other peers that may hold private write sets this peer lacks at commit time. Called by the
 * committing thread; an attempt must end within seconds.
 *
 * <p>Fabric: gossip/privdata/pvtdataprovider.go.
 */
@FunctionalInterface
public interface PrivateDataSource {

  /** Nobody else: what the transient store lacks is recorded as missing at once. */
  PrivateDataSource NONE = wanted -> Optional.empty();

  /**
   * One attempt to obtain the wanted write sets.
   *
   * @return what was obtained; empty when there is nobody to ask, so that trying again is pointless
   */
  Optional<Pulled> pull(List<Wanted> wanted);

  /**
   * The same as long as the block flow runs; then an attempt fails, and the block waits no more.
   */
  default PrivateDataSource until(BooleanSupplier ended) {
    PrivateDataSource all = this;
    return new PrivateDataSource() {
      @Override
      public Optional<Pulled> pull(List<Wanted> wanted) {
        if (ended.getAsBoolean()) {
          throw new LedgerException("the block flow ends while private data is pulled");
        }
        return all.pull(wanted);
      }

      @Override
      public Duration patience() {
        return all.patience();
      }
    };
  }

  /** How long to try at least, however little time there is for other peers. */
  default Duration patience() {
    return Duration.ZERO;
  }

  /**
   * A wanted write set.
   *
   * @param endorsers serialized identities of the endorsers that are members of the collection
   */
  record Wanted(PrivateDataKey key, List<ByteString> endorsers) {}

  /**
   * What one attempt brought.
   *
   * @param writeSets serialized KVRWSets; the caller checks their hashes
   * @param purged keys that the asked peer has purged, which are not worth waiting for
   */
  record Pulled(Map<PrivateDataKey, ByteString> writeSets, Set<PrivateDataKey> purged) {}
}
