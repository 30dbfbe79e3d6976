package org.blockraft.ledger;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hyperledger.fabric.protos.peer.Endorsement;

/**
 * Other peers that may hold private write sets this peer lacks at commit time.
 *
 * <p>Fabric: gossip/privdata/pvtdataprovider.go.
 */
public interface PrivateDataSource {

  /** Nobody else: what the transient store lacks is recorded as missing at once. */
  PrivateDataSource NONE = wanted -> Optional.empty();

  /**
   * One attempt to obtain the wanted write sets.
   *
   * @return what was obtained; empty when there is nobody to ask, so that trying again is pointless
   */
  Optional<Pulled> pull(List<Wanted> wanted);

  /** A wanted write set and the endorsers that had it, those of the collection's members only. */
  record Wanted(PrivateDataKey key, List<Endorsement> sources) {}

  /**
   * What one attempt brought: serialized KVRWSets by key (their hashes are checked by the caller), and keys that the
   * asked peer has purged, which are not worth waiting for.
   */
  record Pulled(Map<PrivateDataKey, List<ByteString>> writeSets, Set<PrivateDataKey> purged) {}
}
