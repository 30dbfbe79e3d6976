package org.blockraft.ingress;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.blockraft.endorse.ProposalRejected;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * The filters that stock has built in, by their names in core.yaml.
 *
 * <p>Fabric source: core/handlers/auth/filter/expiration.go, timewindow.go.
 */
public final class ProposalFilters {
  /** Ends of certificates that are remembered: about as many clients as a peer has at a time. */
  private static final int CREATORS_MAX = 10_000;

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'");

  private ProposalFilters() {}

  /** ExpirationCheck: refuses a creator whose certificate has ended. */
  public static ProposalFilter expirationCheck(InstantSource clock) {
    LoadingCache<ByteString, Optional<Instant>> ends =
        CacheBuilder.newBuilder()
            .maximumSize(CREATORS_MAX)
            .build(CacheLoader.from(IdentityExpiry::of));
    return signed -> {
      ByteString creator = signatureHeader(header(signed)).getCreator();
      boolean expired = ends.getUnchecked(creator).filter(clock.instant()::isAfter).isPresent();
      if (expired) {
        throw new ProposalRejected("proposal client identity expired");
      }
    };
  }

  /** TimeWindowCheck: refuses a proposal whose timestamp is too far from our clock. */
  public static ProposalFilter timeWindowCheck(Duration window, InstantSource clock) {
    return signed -> {
      Header header = header(signed);
      ChannelHeader channelHeader;
      try {
        channelHeader = ChannelHeader.parseFrom(header.getChannelHeader());
      } catch (InvalidProtocolBufferException e) {
        throw malformed("failed parsing channel header: error unmarshalling ChannelHeader", e);
      }
      Timestamp timestamp = channelHeader.getTimestamp();
      Instant now = clock.instant();
      Instant time;
      try {
        time = Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
      } catch (DateTimeException e) {
        time = Instant.EPOCH;
      }
      if (Duration.between(time, now).abs().compareTo(window) > 0) {
        throw new ProposalRejected(
            "request unauthorized due to incorrect timestamp %s, peer time %s, peer.authentication.timewindow %s"
                .formatted(goTime(time), goTime(now), goDuration(window)));
      }
    };
  }

  private static Header header(SignedProposal signed) {
    Proposal proposal;
    try {
      proposal = Proposal.parseFrom(signed.getProposalBytes());
    } catch (InvalidProtocolBufferException e) {
      throw malformed("failed parsing proposal: error unmarshalling Proposal", e);
    }
    try {
      return Header.parseFrom(proposal.getHeader());
    } catch (InvalidProtocolBufferException e) {
      throw malformed("failed parsing header: error unmarshalling Header", e);
    }
  }

  private static SignatureHeader signatureHeader(Header header) {
    try {
      return SignatureHeader.parseFrom(header.getSignatureHeader());
    } catch (InvalidProtocolBufferException e) {
      throw malformed("failed parsing signature header: error unmarshalling SignatureHeader", e);
    }
  }

  private static ProposalRejected malformed(String what, InvalidProtocolBufferException cause) {
    return new ProposalRejected(what + ": proto: cannot parse invalid wire-format data", cause);
  }

  private static String goTime(Instant time) {
    return SECONDS.format(time.atOffset(ZoneOffset.UTC));
  }

  private static String goDuration(Duration duration) {
    long hours = duration.toHours();
    return (hours > 0 ? hours + "h" : "")
        + (duration.toMinutes() > 0 ? duration.toMinutesPart() + "m" : "")
        + duration.toSecondsPart()
        + "s";
  }
}
