package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.blockraft.identity.PkiId;
import org.hyperledger.fabric.protos.gossip.AliveMessage;
import org.hyperledger.fabric.protos.gossip.GossipMessage;
import org.hyperledger.fabric.protos.gossip.Member;
import org.hyperledger.fabric.protos.gossip.PeerTime;

/**
 * This peer as others see it. Safe for use by many threads.
 *
 * <p>Fabric: gossip/discovery/discovery_impl.go createSignedAliveMessage.
 */
final class Self {
  private final GossipSettings settings;
  private final String mspId;
  private final ByteString identity;
  private final ByteString pkiId;
  private final UnaryOperator<ByteString> sign;
  private final InstantSource clock;
  private final long started;
  private final Instant identityUntil;
  private final AtomicLong sequence = new AtomicLong();

  Self(
      GossipSettings settings,
      String mspId,
      ByteString identity,
      UnaryOperator<ByteString> sign,
      InstantSource clock) {
    this.settings = settings;
    this.mspId = mspId;
    this.identity = identity;
    this.pkiId = PkiId.of(identity);
    this.sign = sign;
    this.clock = clock;
    this.started = nanos(clock.instant());
    this.identityUntil = clock.instant().plus(settings.publishCertPeriod());
  }

  String mspId() {
    return mspId;
  }

  ByteString identity() {
    return identity;
  }

  ByteString pkiId() {
    return pkiId;
  }

  SignedMessage signed(GossipMessage message) {
    return SignedMessage.sign(message, sign);
  }

  /** Whether peers of other organizations may know how to reach this one. */
  boolean isPublic() {
    return !settings.externalEndpoint().isEmpty();
  }

  boolean isOwnEndpoint(String endpoint) {
    String port =
        settings.internalEndpoint().substring(settings.internalEndpoint().lastIndexOf(':'));
    return endpoint.equals(settings.internalEndpoint())
        || endpoint.equals(settings.externalEndpoint())
        || endpoint.equals("127.0.0.1" + port)
        || endpoint.equals("localhost" + port);
  }

  /** A new sign of life; its secret is for the own organization. */
  SignedMessage alive() {
    AliveMessage.Builder alive =
        AliveMessage.newBuilder()
            .setMembership(
                Member.newBuilder().setEndpoint(settings.externalEndpoint()).setPkiId(pkiId))
            .setTimestamp(
                PeerTime.newBuilder().setIncNum(started).setSeqNum(sequence.incrementAndGet()));
    if (clock.instant().isBefore(identityUntil)) {
      alive.setIdentity(identity);
    }
    GossipMessage message =
        GossipMessage.newBuilder().setTag(GossipMessage.Tag.EMPTY).setAliveMsg(alive).build();
    return signed(message).withInternalEndpoint(settings.internalEndpoint(), sign);
  }

  /** The time of a message about a channel. */
  PeerTime now() {
    return PeerTime.newBuilder().setIncNum(started).setSeqNum(nanos(clock.instant())).build();
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }
}
