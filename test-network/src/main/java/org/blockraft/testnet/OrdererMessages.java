package org.blockraft.testnet;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.Signer;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Payload;

/** What the development orderer reads from a channel's configuration and writes into blocks. */
final class OrdererMessages {
  private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m)");
  private static final Map<String, Long> UNIT_MILLIS = Map.of("ms", 1L, "s", 1000L, "m", 60_000L);

  private OrdererMessages() {}

  /** The CONFIG envelope that an orderer puts into a block of its own. */
  static Envelope configEnvelope(
      ChannelConfig config, ConfigEnvelope content, Signer signer, InstantSource clock) {
    ChannelHeader channelHeader =
        ChannelHeader.newBuilder()
            .setType(HeaderType.CONFIG_VALUE)
            .setTimestamp(Protos.timestamp(clock.instant()))
            .setChannelId(config.channelId())
            .build();
    ByteString payload =
        Payload.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(channelHeader.toByteString())
                    .setSignatureHeader(signer.newSignatureHeader().toByteString()))
            .setData(content.toByteString())
            .build()
            .toByteString();
    return Envelope.newBuilder().setPayload(payload).setSignature(signer.sign(payload)).build();
  }

  /** A value of the Orderer group, as it stands in the configuration. */
  static ByteString ordererValue(ChannelConfig config, String key) {
    return config
        .config()
        .getChannelGroup()
        .getGroupsOrThrow("Orderer")
        .getValuesOrThrow(key)
        .getValue();
  }

  /** A Go duration of the simple kind that batch timeouts have. */
  static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a batch timeout: " + text);
    }
    double millis = Double.parseDouble(matcher.group(1)) * UNIT_MILLIS.get(matcher.group(2));
    return Duration.ofMillis((long) millis);
  }
}
