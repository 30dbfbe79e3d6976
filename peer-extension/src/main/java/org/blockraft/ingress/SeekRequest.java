package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.blockraft.identity.SignedData;
import org.blockraft.intake.BlockHeaders;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.orderer.SeekInfo;

/**
 * A signed seek request, taken apart and checked as far as that needs no channel.
 *
 * <p>Fabric source: common/deliver/deliver.go parseEnvelope, binding.go.
 */
record SeekRequest(String channelId, ByteString seekInfo, SignedData signedData) {
  /**
   * Takes an envelope apart.
   *
   * @throws ServiceException when it is not a proper request
   */
  static SeekRequest parse(
      Envelope envelope, DeliverSettings settings, CallPeer peer, Instant now) {
    try {
      Payload payload = Payload.parseFrom(envelope.getPayload());
      if (!payload.hasHeader()) {
        throw new ServiceException("envelope has no header");
      }
      ChannelHeader channelHeader = ChannelHeader.parseFrom(payload.getHeader().getChannelHeader());
      SignatureHeader signatureHeader =
          SignatureHeader.parseFrom(payload.getHeader().getSignatureHeader());
      checkTime(channelHeader, settings.timeWindow(), now);
      if (settings.mutualTls()) {
        checkBinding(channelHeader.getTlsCertHash(), peer.certificateHash());
      }
      return new SeekRequest(
          channelHeader.getChannelId(),
          payload.getData(),
          new SignedData(
              envelope.getPayload(), signatureHeader.getCreator(), envelope.getSignature()));
    } catch (InvalidProtocolBufferException e) {
      throw new ServiceException("error unmarshalling: " + e.getMessage());
    }
  }

  private static void checkTime(ChannelHeader header, Duration window, Instant now) {
    if (!header.hasTimestamp()) {
      throw new ServiceException("channel header in envelope must contain timestamp");
    }
    Timestamp timestamp = header.getTimestamp();
    Instant time;
    try {
      time = Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    } catch (DateTimeException e) {
      throw new ServiceException("envelope timestamp is out of range");
    }
    if (Duration.between(time, now).abs().compareTo(window) > 0) {
      throw new ServiceException(
          "envelope timestamp %s is more than %s apart from current server time %s"
              .formatted(time, window, now));
    }
  }

  private static void checkBinding(ByteString claimed, ByteString actual) {
    if (claimed.isEmpty()) {
      throw new ServiceException("client didn't include its TLS cert hash");
    }
    if (actual.isEmpty()) {
      throw new ServiceException("client didn't send a TLS certificate");
    }
    if (!claimed.equals(actual)) {
      throw new ServiceException("claimed TLS cert hash differs from the actual TLS cert hash");
    }
  }

  /**
   * The block with as much content as was asked for: a header with signatures has no transactions.
   */
  static Block withContent(SeekInfo seek, Block block) {
    boolean headerOnly = seek.getContentType() == SeekInfo.SeekContentType.HEADER_WITH_SIG;
    return headerOnly && !BlockHeaders.isConfigBlock(block)
        ? block.toBuilder().clearData().build()
        : block;
  }
}
