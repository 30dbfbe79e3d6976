package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.Identity;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.MspManager;
import org.blockraft.identity.SignedData;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;

/**
 * Whom this peer believes: members of its own MSP, and of the channels' MSPs who may read the
 * channel. Safe for use by many threads.
 *
 * <p>Fabric: internal/peer/gossip/mcs.go.
 */
public final class PeerTrust {
  private static final String READERS = "/Channel/Application/Readers";

  private final MspManager local;
  private final Supplier<? extends Collection<ChannelConfig>> channels;
  private final InstantSource clock;

  /** An identity and the channel that knows it, absent for the own MSP's. */
  private record Known(Identity identity, Optional<ChannelConfig> channel) {}

  /**
   * @param local the peer's own MSP
   * @param channels the configurations in force of the joined channels
   */
  public PeerTrust(
      MspManager local,
      Supplier<? extends Collection<ChannelConfig>> channels,
      InstantSource clock) {
    this.local = local;
    this.channels = channels;
    this.clock = clock;
  }

  /**
   * Checks an identity that a peer claims; an expired one is no good.
   *
   * @return the id of its MSP
   * @throws IdentityException if nobody here knows it or it is not valid
   */
  String validate(ByteString serialized) {
    Identity identity = known(serialized).identity();
    Instant expires = identity.expiresAt();
    if (!expires.isAfter(clock.instant())) {
      throw new IdentityException("gossipping peer identity expired");
    }
    return identity.mspId();
  }

  /**
   * Checks a signature, for a foreign identity also that it may read the channel that knows it.
   *
   * @throws IdentityException if the signature does not count
   */
  void verify(ByteString serialized, ByteString message, ByteString signature) {
    Known known = known(serialized);
    if (known.channel().isEmpty()) {
      known.identity().verify(message, signature);
    } else {
      verifyReader(known.channel().get(), serialized, message, signature);
    }
  }

  /**
   * Checks that whoever signed may read a channel.
   *
   * @throws IdentityException if not
   */
  void verifyReader(
      ChannelConfig channel, ByteString serialized, ByteString message, ByteString signature) {
    channel
        .policies()
        .policyOrReject(READERS)
        .evaluateSignedData(List.of(new SignedData(message, serialized, signature)));
  }

  private Known known(ByteString serialized) {
    if (serialized.isEmpty()) {
      throw new IdentityException("Invalid Peer Identity. It must be different from nil.");
    }
    SerializedIdentity parsed;
    try {
      parsed = SerializedIdentity.parseFrom(serialized);
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IdentityException("could not deserialize peer identity: " + e.getMessage());
    }
    if (local.msps().containsKey(parsed.getMspid())) {
      return new Known(valid(local, parsed, serialized), Optional.empty());
    }
    for (ChannelConfig channel : channels.get()) {
      try {
        return new Known(valid(channel.msps(), parsed, serialized), Optional.of(channel));
      } catch (IdentityException e) {
        // Another channel may know better.
      }
    }
    throw new IdentityException(
        "Peer Identity of %s cannot be validated. No MSP found able to do that."
            .formatted(parsed.getMspid()));
  }

  private static Identity valid(MspManager msps, SerializedIdentity parsed, ByteString bytes) {
    Identity identity = msps.deserialize(bytes);
    msps.requireWellFormed(parsed);
    identity.validate();
    return identity;
  }
}
