package org.blockraft.intake;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.time.InstantSource;
import java.util.Optional;
import org.blockraft.identity.Signer;
import org.blockraft.identity.TlsCredentials;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.orderer.SeekInfo;
import org.hyperledger.fabric.protos.orderer.SeekPosition;
import org.hyperledger.fabric.protos.orderer.SeekSpecified;

/**
 * Signed requests for all blocks of a channel from some number on, without end.
 *
 * <p>Fabric: protoutil/txutils.go CreateSignedEnvelopeWithTLSBinding.
 */
final class SeekRequests {
  /** The largest unsigned block number: the stream never ends by itself. */
  private static final long NO_END = -1L;

  private final Signer signer;
  private final InstantSource clock;
  private final ByteString tlsCertHash;

  SeekRequests(Signer signer, Optional<TlsCredentials> clientCredentials, InstantSource clock) {
    this.signer = signer;
    this.clock = clock;
    this.tlsCertHash = clientCredentials.map(TlsCredentials::leafHash).orElse(ByteString.EMPTY);
  }

  Envelope from(String channelId, long number) {
    ChannelHeader channel =
        ChannelHeader.newBuilder()
            .setType(HeaderType.DELIVER_SEEK_INFO_VALUE)
            .setTimestamp(Timestamp.newBuilder().setSeconds(clock.instant().getEpochSecond()))
            .setChannelId(channelId)
            .setTlsCertHash(tlsCertHash)
            .build();
    SeekInfo seek =
        SeekInfo.newBuilder()
            .setStart(position(number))
            .setStop(position(NO_END))
            .setBehavior(SeekInfo.SeekBehavior.BLOCK_UNTIL_READY)
            .build();
    ByteString payload =
        Payload.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(channel.toByteString())
                    .setSignatureHeader(signer.newSignatureHeader().toByteString()))
            .setData(seek.toByteString())
            .build()
            .toByteString();
    return Envelope.newBuilder().setPayload(payload).setSignature(signer.sign(payload)).build();
  }

  private static SeekPosition position(long number) {
    return SeekPosition.newBuilder()
        .setSpecified(SeekSpecified.newBuilder().setNumber(number))
        .build();
  }
}
