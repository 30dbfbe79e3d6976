package org.blockraft.ingress;

import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.blockraft.identity.PkiId;
import org.hyperledger.fabric.protos.gossip.AliveMessage;
import org.hyperledger.fabric.protos.gossip.Chaincode;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.GossipMessage;
import org.hyperledger.fabric.protos.gossip.PeerTime;
import org.hyperledger.fabric.protos.gossip.Properties;
import org.hyperledger.fabric.protos.gossip.StateInfo;

/**
 * This peer as the only member. It makes and signs the messages about itself that gossip would
 * send, since discovery shows them to clients.
 *
 * <p>Fabric source: gossip/discovery/discovery_impl.go, gossip/gossip/gossip_impl.go,
 * internal/peer/gossip/mcs.go.
 */
public final class LocalMembers implements Members {
  private final String mspId;
  private final ByteString identity;
  private final ByteString pkiId;
  private final String endpoint;
  private final UnaryOperator<ByteString> sign;
  private final EndorserClient endorser;
  private final ServedChannels channels;
  private final ChaincodeDirectory chaincodes;
  private final InstantSource clock;
  private final long started;
  private final AtomicLong sequence = new AtomicLong();

  /**
   * @param mspId this peer's organization
   * @param identity its serialized identity
   * @param sign signs as this peer: {@code Signer::sign}
   * @param endpoint where others reach it, {@code peer.gossip.externalEndpoint} or else {@code
   *     peer.address}
   */
  public LocalMembers(
      String mspId,
      ByteString identity,
      UnaryOperator<ByteString> sign,
      String endpoint,
      EndorserClient endorser,
      ServedChannels channels,
      ChaincodeDirectory chaincodes,
      InstantSource clock) {
    this.mspId = mspId;
    this.identity = identity;
    this.pkiId = PkiId.of(identity);
    this.sign = sign;
    this.endpoint = endpoint;
    this.endorser = endorser;
    this.channels = channels;
    this.chaincodes = chaincodes;
    this.clock = clock;
    this.started = nanos(clock.instant());
  }

  @Override
  public String localMspId() {
    return mspId;
  }

  @Override
  public ByteString localPkiId() {
    return pkiId;
  }

  @Override
  public String localEndpoint() {
    return endpoint;
  }

  @Override
  public EndorserClient localEndorser() {
    return endorser;
  }

  @Override
  public List<Member> alive() {
    return List.of(member(0, Map.of(), Envelope.getDefaultInstance()));
  }

  @Override
  public List<Member> ofChannel(String channelId) {
    Optional<ServedChannel> channel = channels.channel(channelId);
    if (channel.isEmpty()) {
      return List.of();
    }
    long height = channel.get().height();
    Map<String, String> runnable = new TreeMap<>(chaincodes.runnable(channelId));
    return List.of(member(height, runnable, stateInfo(channelId, height, runnable)));
  }

  @Override
  public void lost(Member member) {
    // This peer is never lost to itself.
  }

  private Member member(long height, Map<String, String> runnable, Envelope stateInfo) {
    return new Member(
        pkiId,
        mspId,
        endpoint,
        identity,
        height,
        runnable,
        endorser,
        alive(clock.instant()),
        stateInfo);
  }

  private Envelope alive(Instant now) {
    return signed(
        GossipMessage.newBuilder()
            .setTag(GossipMessage.Tag.EMPTY)
            .setAliveMsg(
                AliveMessage.newBuilder()
                    .setMembership(
                        org.hyperledger.fabric.protos.gossip.Member.newBuilder()
                            .setEndpoint(endpoint)
                            .setPkiId(pkiId))
                    .setTimestamp(time(now))));
  }

  private Envelope stateInfo(String channelId, long height, Map<String, String> runnable) {
    Properties.Builder properties = Properties.newBuilder().setLedgerHeight(height);
    runnable.forEach(
        (name, version) ->
            properties.addChaincodes(Chaincode.newBuilder().setName(name).setVersion(version)));
    byte[] mac =
        Hashing.sha256()
            .newHasher()
            .putBytes(pkiId.toByteArray())
            .putString(channelId, StandardCharsets.UTF_8)
            .hash()
            .asBytes();
    return signed(
        GossipMessage.newBuilder()
            .setTag(GossipMessage.Tag.CHAN_OR_ORG)
            .setStateInfo(
                StateInfo.newBuilder()
                    .setTimestamp(time(clock.instant()))
                    .setPkiId(pkiId)
                    .setChannelMAC(ByteString.copyFrom(mac))
                    .setProperties(properties)));
  }

  private PeerTime time(Instant now) {
    return PeerTime.newBuilder()
        .setIncNum(started)
        .setSeqNum(Math.max(nanos(now), sequence.incrementAndGet()))
        .build();
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }

  private Envelope signed(GossipMessage.Builder message) {
    ByteString payload = message.build().toByteString();
    return Envelope.newBuilder().setPayload(payload).setSignature(sign.apply(payload)).build();
  }
}
