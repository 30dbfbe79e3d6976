package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.blockraft.identity.IdentityException;
import org.hyperledger.fabric.protos.gossip.DataDigest;
import org.hyperledger.fabric.protos.gossip.DataRequest;
import org.hyperledger.fabric.protos.gossip.DataUpdate;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.GossipHello;
import org.hyperledger.fabric.protos.gossip.GossipMessage;
import org.hyperledger.fabric.protos.gossip.PeerIdentity;
import org.hyperledger.fabric.protos.gossip.PullMsgType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets the identities of peers that were never met, in four steps: hello, which ids there are,
 * which are wanted, and those. Safe for use by many threads.
 *
 * <p>Fabric: gossip/gossip/certstore.go, gossip/gossip/algo/pull.go.
 */
final class IdentityPull {
  private static final Logger LOG = LoggerFactory.getLogger(IdentityPull.class);

  private final GossipSettings settings;
  private final Self self;
  private final PeerIdentities identities;
  private final Disclosure disclosure;
  private final PeerSampler sampler;
  private final PeerStreams streams;
  private final Map<ByteString, Envelope> known = new ConcurrentHashMap<>();
  private volatile Set<Long> asked = ConcurrentHashMap.newKeySet();

  IdentityPull(
      GossipSettings settings,
      Self self,
      PeerIdentities identities,
      Disclosure disclosure,
      PeerSampler sampler,
      PeerStreams streams) {
    this.settings = settings;
    this.self = self;
    this.identities = identities;
    this.disclosure = disclosure;
    this.sampler = sampler;
    this.streams = streams;
    GossipMessage own =
        GossipMessage.newBuilder()
            .setTag(GossipMessage.Tag.EMPTY)
            .setPeerIdentity(
                PeerIdentity.newBuilder().setPkiId(self.pkiId()).setCert(self.identity()))
            .build();
    known.put(self.pkiId(), self.signed(own).envelope());
  }

  /** Asks some peers which identities they have. */
  void pull() {
    Set<Long> nonces = ConcurrentHashMap.newKeySet();
    asked = nonces;
    for (NetworkMember member : sampler.some(settings.pullPeers(), any -> true)) {
      long nonce = sampler.nonce();
      nonces.add(nonce);
      streams.send(
          member,
          SignedMessage.unsigned(
              message()
                  .setHello(
                      GossipHello.newBuilder().setNonce(nonce).setMsgType(PullMsgType.IDENTITY_MSG))
                  .build()));
    }
  }

  /** Takes in a message of a pull. */
  void received(PeerStream from, GossipMessage message) {
    switch (message.getContentCase()) {
      case HELLO -> offer(from, message.getHello());
      case DATA_DIG -> choose(from, message.getDataDig());
      case DATA_REQ -> give(from, message.getDataReq());
      case DATA_UPDATE -> message.getDataUpdate().getDataList().forEach(this::take);
      default -> {}
    }
  }

  private void offer(PeerStream from, GossipHello hello) {
    DataDigest.Builder digest =
        DataDigest.newBuilder().setNonce(hello.getNonce()).setMsgType(PullMsgType.IDENTITY_MSG);
    for (ByteString pkiId : known.keySet()) {
      if (disclosure.mayTellIdentity(from.remote(), pkiId)) {
        digest.addDigests(pkiId);
      }
    }
    from.send(message().setDataDig(digest).build());
  }

  private void choose(PeerStream from, DataDigest digest) {
    if (!asked.remove(digest.getNonce())) {
      return;
    }
    DataRequest.Builder request =
        DataRequest.newBuilder().setNonce(digest.getNonce()).setMsgType(PullMsgType.IDENTITY_MSG);
    for (ByteString pkiId : digest.getDigestsList()) {
      if (!known.containsKey(pkiId)) {
        request.addDigests(pkiId);
      }
    }
    if (request.getDigestsCount() > 0) {
      from.send(message().setDataReq(request).build());
    }
  }

  private void give(PeerStream from, DataRequest request) {
    DataUpdate.Builder update =
        DataUpdate.newBuilder().setNonce(request.getNonce()).setMsgType(PullMsgType.IDENTITY_MSG);
    for (ByteString pkiId : request.getDigestsList()) {
      Envelope envelope = known.get(pkiId);
      if (envelope != null && disclosure.mayTellIdentity(from.remote(), pkiId)) {
        update.addData(envelope);
      }
    }
    from.send(message().setDataUpdate(update).build());
  }

  private void take(Envelope envelope) {
    PeerIdentity identity = SignedMessage.open(envelope).content().getPeerIdentity();
    try {
      identities.put(identity.getPkiId(), identity.getCert());
      identities.verify(identity.getPkiId(), envelope);
      known.put(identity.getPkiId(), envelope);
    } catch (IdentityException e) {
      LOG.warn("Failed validating identity message: {}", e.getMessage());
    }
  }

  /** No longer passes an identity on. */
  void drop(ByteString pkiId) {
    if (!pkiId.equals(self.pkiId())) {
      known.remove(pkiId);
    }
  }

  private static GossipMessage.Builder message() {
    return GossipMessage.newBuilder().setTag(GossipMessage.Tag.EMPTY);
  }
}
