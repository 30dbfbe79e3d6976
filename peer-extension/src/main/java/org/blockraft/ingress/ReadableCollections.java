package org.blockraft.ingress;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.blockraft.identity.MspManager;
import org.blockraft.identity.PolicyException;
import org.blockraft.identity.SignaturePolicies;
import org.blockraft.identity.SignedData;
import org.blockraft.ledger.CollectionFilter;
import org.blockraft.ledger.CollectionHistory;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;

/**
 * The collections whose data in one block a client may read: those open to everybody, and those
 * that the client is a member of. Owned by one thread.
 *
 * <p>Fabric source: core/peer/deliverevents.go CheckCollectionPolicy.
 */
final class ReadableCollections implements CollectionFilter {
  /**
   * Every organization has one such collection for each chaincode, and any reader may have its
   * data.
   */
  private static final String IMPLICIT = "_implicit_org_";

  private final long block;
  private final CollectionHistory history;
  private final MspManager msps;
  private final SignedData requester;
  private final Map<String, Boolean> known = new HashMap<>();

  ReadableCollections(
      long block, CollectionHistory history, MspManager msps, SignedData requester) {
    this.block = block;
    this.history = history;
    this.msps = msps;
    this.requester = requester;
  }

  @Override
  public boolean passes(String namespace, String collection) {
    return collection.startsWith(IMPLICIT)
        || known.computeIfAbsent(namespace + '\0' + collection, _ -> decide(namespace, collection));
  }

  private boolean decide(String namespace, String collection) {
    Optional<StaticCollectionConfig> config =
        history
            .mostRecentBelow(block, namespace)
            .flatMap(
                entry ->
                    entry.collections().getConfigList().stream()
                        .map(CollectionConfig::getStaticCollectionConfig)
                        .filter(c -> c.getName().equals(collection))
                        .findFirst());
    if (config.isEmpty()) {
      throw new ServiceException(
          "no collection config was found for collection %s for chaincode %s"
              .formatted(collection, namespace));
    }
    return !config.get().getMemberOnlyRead() || isMember(config.get());
  }

  private boolean isMember(StaticCollectionConfig config) {
    try {
      SignaturePolicies.compile(config.getMemberOrgsPolicy().getSignaturePolicy(), msps)
          .evaluateSignedData(List.of(requester));
      return true;
    } catch (PolicyException e) {
      return false;
    }
  }
}
