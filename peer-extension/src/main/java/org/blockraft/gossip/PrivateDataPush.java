package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.IdentityException;
import org.hyperledger.fabric.protos.gossip.Acknowledgement;
import org.hyperledger.fabric.protos.gossip.GossipMessage;
import org.hyperledger.fabric.protos.gossip.PrivateDataMessage;
import org.hyperledger.fabric.protos.gossip.PrivatePayload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Private write sets on their way from the endorser to other members of a collection, each
 * acknowledged when it is stored. Safe for use by many threads.
 *
 * <p>Fabric: gossip/state/state.go privateDataMessage, gossip/comm/ack.go.
 */
final class PrivateDataPush {
  private static final Logger LOG = LoggerFactory.getLogger(PrivateDataPush.class);

  private final ChannelStates states;
  private final PeerTrust trust;
  private final Membership membership;
  private final PeerSampler sampler;
  private final PeerStreams streams;
  private final PrivateDataSink sink;
  private final Duration timeout;
  private final Map<Expected, CompletableFuture<String>> expected = new ConcurrentHashMap<>();

  /** An acknowledgement that is waited for; there are as many as calls of {@link #send}. */
  private record Expected(ByteString pkiId, long nonce) {}

  /**
   * @param timeout how long an acknowledgement may take
   */
  PrivateDataPush(
      ChannelStates states,
      PeerTrust trust,
      Membership membership,
      PeerSampler sampler,
      PeerStreams streams,
      PrivateDataSink sink,
      Duration timeout) {
    this.states = states;
    this.trust = trust;
    this.membership = membership;
    this.sampler = sampler;
    this.streams = streams;
    this.sink = sink;
    this.timeout = timeout;
  }

  /** Sends a write set; true when the peer has acknowledged it in time. */
  boolean send(ByteString pkiId, String channelId, PrivatePayload payload) {
    Optional<NetworkMember> member = membership.find(pkiId);
    if (member.isEmpty()) {
      return false;
    }
    Expected key = new Expected(pkiId, sampler.nonce());
    CompletableFuture<String> acknowledged = new CompletableFuture<>();
    expected.put(key, acknowledged);
    try {
      streams.deliver(
          member.get(),
          GossipMessage.newBuilder()
              .setTag(GossipMessage.Tag.CHAN_ONLY)
              .setNonce(key.nonce())
              .setChannel(ByteString.copyFrom(channelId, StandardCharsets.UTF_8))
              .setPrivateData(PrivateDataMessage.newBuilder().setPayload(payload))
              .build());
      String error = acknowledged.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (!error.isEmpty()) {
        LOG.warn("{} did not store private data: {}", member.get().preferredEndpoint(), error);
      }
      return error.isEmpty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (GossipException | ExecutionException | TimeoutException e) {
      LOG.warn(
          "{} did not acknowledge private data: {}",
          member.get().preferredEndpoint(),
          e.getMessage());
      return false;
    } finally {
      expected.remove(key);
    }
  }

  void acknowledged(PeerStream from, GossipMessage message) {
    CompletableFuture<String> waiting =
        expected.get(new Expected(from.remote().pkiId(), message.getNonce()));
    if (waiting != null) {
      waiting.complete(message.getAck().getError());
    }
  }

  /** Takes in a write set from a peer that may read the channel. */
  void received(PeerStream from, GossipMessage message) {
    PrivatePayload payload = message.getPrivateData().getPayload();
    Optional<ChannelConfig> channel = states.channel(message.getChannel().toStringUtf8());
    if (channel.isEmpty() || payload.getPrivateRwset().isEmpty()) {
      LOG.warn("Ignored private data without content, or of a channel that is not here");
      return;
    }
    RemotePeer remote = from.remote();
    try {
      trust.verifyReader(
          channel.get(),
          remote.identity(),
          remote.hello().getPayload(),
          remote.hello().getSignature());
    } catch (IdentityException e) {
      LOG.warn("Got private data from somebody who may not send it: {}", e.getMessage());
      return;
    }
    String error = "";
    try {
      sink.store(channel.get().channelId(), payload);
    } catch (RuntimeException e) {
      LOG.error("Failed to store private data of collection {}", payload.getCollectionName(), e);
      error = String.valueOf(e.getMessage());
    }
    from.deliver(
        GossipMessage.newBuilder()
            .setNonce(message.getNonce())
            .setAck(Acknowledgement.newBuilder().setError(error))
            .build());
  }
}
