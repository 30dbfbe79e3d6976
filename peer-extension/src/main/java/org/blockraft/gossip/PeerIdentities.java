package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.PkiId;
import org.hyperledger.fabric.protos.gossip.Envelope;

/**
 * The identities behind the short ids that peers go by. What is in here has been validated; what no
 * longer is valid is dropped by {@link #revalidate}. Safe for use by many threads.
 *
 * <p>Fabric: gossip/identity/identity.go.
 */
final class PeerIdentities {
  private final PeerTrust trust;
  private final Map<ByteString, Entry> entries = new ConcurrentHashMap<>();

  private record Entry(ByteString identity, String mspId) {}

  PeerIdentities(PeerTrust trust) {
    this.trust = trust;
  }

  /**
   * Takes in an identity.
   *
   * @return whether it is new
   * @throws IdentityException if it is not valid or does not belong to the id
   */
  boolean put(ByteString pkiId, ByteString identity) {
    Entry known = entries.get(pkiId);
    if (known != null && known.identity().equals(identity)) {
      return false;
    }
    String mspId = trust.validate(identity);
    if (!PkiId.of(identity).equals(pkiId)) {
      throw new IdentityException("identity doesn't match the computed pkiID");
    }
    return entries.putIfAbsent(pkiId, new Entry(identity, mspId)) == null;
  }

  Optional<ByteString> identity(ByteString pkiId) {
    return Optional.ofNullable(entries.get(pkiId)).map(Entry::identity);
  }

  /** The organization of a peer; empty if the peer is not known. */
  String mspId(ByteString pkiId) {
    Entry known = entries.get(pkiId);
    return known == null ? "" : known.mspId();
  }

  /**
   * Checks the signatures of a message that a peer made, whoever passed it on.
   *
   * @throws IdentityException if one does not count, or the peer is not known
   */
  void verify(ByteString pkiId, Envelope envelope) {
    ByteString identity =
        identity(pkiId).orElseThrow(() -> new IdentityException("PKIID wasn't found"));
    if (envelope.getPayload().isEmpty()) {
      throw new IdentityException("Empty payload");
    }
    if (envelope.getSignature().isEmpty()) {
      throw new IdentityException("Empty signature");
    }
    trust.verify(identity, envelope.getPayload(), envelope.getSignature());
    if (envelope.hasSecretEnvelope()) {
      trust.verify(
          identity,
          envelope.getSecretEnvelope().getPayload(),
          envelope.getSecretEnvelope().getSignature());
    }
  }

  /** Drops the identities that have expired or that no channel knows any more, and returns them. */
  List<ByteString> revalidate() {
    List<ByteString> dropped = new ArrayList<>();
    entries.forEach(
        (pkiId, entry) -> {
          try {
            trust.validate(entry.identity());
          } catch (IdentityException e) {
            entries.remove(pkiId);
            dropped.add(pkiId);
          }
        });
    return dropped;
  }
}
