package org.blockraft.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.blockraft.state.StateUpdates;
import org.blockraft.state.StateView;
import org.blockraft.state.VersionedValue;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.MSPRole;
import org.hyperledger.fabric.protos.common.OrganizationUnit;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.hyperledger.fabric.protos.peer.lifecycle.StateData;

/**
 * Explicit collection configurations as the state has them, for the questions that storage asks:
 * how long does data live, and is this peer a member.
 *
 * <p>Owned by the committing thread.
 *
 * <p>Fabric: core/chaincode/lifecycle/deployedcc_infoprovider.go, core/ledger/pvtdatapolicy.
 */
final class CollectionConfigs {
  static final String LIFECYCLE = "_lifecycle";
  static final String LEGACY_LIFECYCLE = "lscc";
  static final String IMPLICIT_PREFIX = "_implicit_org_";

  /** What an expiry that never comes is, as in stock: the largest unsigned number. */
  static final long NEVER = -1;

  private static final String FIELDS = "namespaces/fields/";
  private static final String SEQUENCE = "/Sequence";
  private static final String COLLECTIONS = "/Collections";
  private static final String LEGACY_COLLECTIONS = "~collection";

  private final String mspId;
  private final Map<String, CollectionConfigPackage> cached = new HashMap<>();

  CollectionConfigs(String mspId) {
    this.mspId = mspId;
  }

  /** The chaincode's explicit collections in the given state; an empty package for none. */
  CollectionConfigPackage ofChaincode(StateView state, String chaincode) {
    CollectionConfigPackage known = cached.get(chaincode);
    if (known == null) {
      known = read(state, chaincode);
      cached.put(chaincode, known);
    }
    return known;
  }

  Optional<StaticCollectionConfig> find(StateView state, String chaincode, String collection) {
    return find(ofChaincode(state, chaincode), collection);
  }

  static Optional<StaticCollectionConfig> find(CollectionConfigPackage all, String collection) {
    return all.getConfigList().stream()
        .map(CollectionConfig::getStaticCollectionConfig)
        .filter(config -> config.getName().equals(collection))
        .findFirst();
  }

  static boolean isImplicit(String collection) {
    return collection.startsWith(IMPLICIT_PREFIX);
  }

  /**
   * The block at which data committed by the given block expires, {@link #NEVER} if it does not.
   *
   * @throws LedgerException if there is no such collection
   */
  long expiringBlock(StateView state, String chaincode, String collection, long committing) {
    if (isImplicit(collection)) {
      return NEVER;
    }
    StaticCollectionConfig config =
        find(state, chaincode, collection).orElseThrow(() -> undefined(chaincode, collection));
    long blockToLive = config.getBlockToLive();
    if (blockToLive == 0) {
      return NEVER;
    }
    long expiring = committing + blockToLive + 1;
    return Long.compareUnsigned(expiring, committing) <= 0 ? NEVER : expiring;
  }

  static LedgerException undefined(String chaincode, String collection) {
    return new LedgerException(
        "collection %s/%s could not be found".formatted(chaincode, collection));
  }

  /** Whether this peer's organization is a member of the collection. */
  boolean isMember(StateView state, String chaincode, String collection) {
    if (isImplicit(collection)) {
      return collection.substring(IMPLICIT_PREFIX.length()).equals(mspId);
    }
    return isMember(
        find(state, chaincode, collection).orElseThrow(() -> undefined(chaincode, collection)));
  }

  /** Organizations that are members of the collection. */
  Set<String> memberOrgs(StateView state, String chaincode, String collection) {
    return isImplicit(collection)
        ? Set.of(collection.substring(IMPLICIT_PREFIX.length()))
        : memberOrgs(
            find(state, chaincode, collection).orElseThrow(() -> undefined(chaincode, collection)));
  }

  boolean isMember(StaticCollectionConfig config) {
    return memberOrgs(config).contains(mspId);
  }

  /** Organizations named by the collection's member policy. */
  static Set<String> memberOrgs(StaticCollectionConfig config) {
    TreeSet<String> members = new TreeSet<>();
    for (MSPPrincipal principal :
        config.getMemberOrgsPolicy().getSignaturePolicy().getIdentitiesList()) {
      try {
        ByteString value = principal.getPrincipal();
        switch (principal.getPrincipalClassification()) {
          case ROLE -> members.add(MSPRole.parseFrom(value).getMspIdentifier());
          case ORGANIZATION_UNIT ->
              members.add(OrganizationUnit.parseFrom(value).getMspIdentifier());
          case IDENTITY -> members.add(SerializedIdentity.parseFrom(value).getMspid());
          default -> {}
        }
      } catch (InvalidProtocolBufferException e) {
        throw new LedgerException("a principal of a collection's policy does not parse", e);
      }
    }
    return members;
  }

  /** Chaincodes whose definition the updates change. */
  static SortedSet<String> changedBy(StateUpdates updates) {
    TreeSet<String> changed = new TreeSet<>();
    for (byte[] key : updates.of(LIFECYCLE).keySet()) {
      String text = new String(key, StandardCharsets.UTF_8);
      if (text.startsWith(FIELDS) && text.endsWith(SEQUENCE)) {
        changed.add(text.substring(FIELDS.length(), text.length() - SEQUENCE.length()));
      }
    }
    for (byte[] key : updates.of(LEGACY_LIFECYCLE).keySet()) {
      String text = new String(key, StandardCharsets.UTF_8);
      changed.add(
          text.endsWith(LEGACY_COLLECTIONS)
              ? text.substring(0, text.length() - LEGACY_COLLECTIONS.length())
              : text);
    }
    return changed;
  }

  /** Reads the chaincodes' configurations again when they are next asked for. */
  void forget(Set<String> chaincodes) {
    cached.keySet().removeAll(chaincodes);
  }

  /** The chaincode's explicit collections after the updates. */
  static CollectionConfigPackage after(StateView state, StateUpdates updates, String chaincode) {
    byte[] field = key(FIELDS + chaincode + COLLECTIONS);
    StateUpdates.Update update = updates.get(LIFECYCLE, field);
    if (update != null) {
      return update.isDelete()
          ? CollectionConfigPackage.getDefaultInstance()
          : fromField(update.value());
    }
    byte[] legacy = key(chaincode + LEGACY_COLLECTIONS);
    StateUpdates.Update legacyUpdate = updates.get(LEGACY_LIFECYCLE, legacy);
    if (legacyUpdate != null && state.get(LIFECYCLE, field) == null && !legacyUpdate.isDelete()) {
      return parse(ByteString.copyFrom(legacyUpdate.value().value()));
    }
    return read(state, chaincode);
  }

  private static CollectionConfigPackage read(StateView state, String chaincode) {
    VersionedValue field = state.get(LIFECYCLE, key(FIELDS + chaincode + COLLECTIONS));
    if (field != null) {
      return fromField(field);
    }
    VersionedValue legacy = state.get(LEGACY_LIFECYCLE, key(chaincode + LEGACY_COLLECTIONS));
    return legacy == null
        ? CollectionConfigPackage.getDefaultInstance()
        : parse(ByteString.copyFrom(legacy.value()));
  }

  private static CollectionConfigPackage fromField(VersionedValue field) {
    try {
      return parse(StateData.parseFrom(field.value()).getBytes());
    } catch (InvalidProtocolBufferException e) {
      throw new LedgerException("a chaincode definition's collections do not parse", e);
    }
  }

  private static CollectionConfigPackage parse(ByteString bytes) {
    try {
      return CollectionConfigPackage.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new LedgerException("a chaincode definition's collections do not parse", e);
    }
  }

  private static byte[] key(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
