package org.blockraft.differential;

import com.google.protobuf.ByteString;
import java.time.InstantSource;
import org.blockraft.testnet.Protos;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.orderer.SeekInfo;
import org.hyperledger.fabric.protos.orderer.SeekPosition;
import org.hyperledger.fabric.protos.orderer.SeekSpecified;

/** Signed requests for a range of blocks. */
public final class Seek {
  private Seek() {}

  /** Asks for blocks {@code from} to {@code to}, both included, waiting for those to come. */
  public static Envelope range(Party reader, String channel, long from, long to) {
    SeekInfo seek =
        SeekInfo.newBuilder()
            .setStart(position(from))
            .setStop(position(to))
            .setBehavior(SeekInfo.SeekBehavior.BLOCK_UNTIL_READY)
            .build();
    ChannelHeader header =
        ChannelHeader.newBuilder()
            .setType(HeaderType.DELIVER_SEEK_INFO_VALUE)
            .setChannelId(channel)
            .setTimestamp(Protos.timestamp(InstantSource.system().instant()))
            .build();
    ByteString payload =
        Payload.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(header.toByteString())
                    .setSignatureHeader(reader.signer().newSignatureHeader().toByteString()))
            .setData(seek.toByteString())
            .build()
            .toByteString();
    return Envelope.newBuilder().setPayload(payload).setSignature(reader.sign(payload)).build();
  }

  private static SeekPosition position(long number) {
    return SeekPosition.newBuilder()
        .setSpecified(SeekSpecified.newBuilder().setNumber(number))
        .build();
  }
}
