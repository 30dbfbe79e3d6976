package org.blockraft.gossip;

import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;

/**
 * Names a channel to those who know it already.
 *
 * <p>Fabric: gossip/gossip/channel/channel.go GenerateMAC.
 */
final class ChannelMac {
  private ChannelMac() {}

  static ByteString of(ByteString pkiId, String channelId) {
    byte[] hash =
        Hashing.sha256()
            .newHasher()
            .putBytes(pkiId.toByteArray())
            .putString(channelId, StandardCharsets.UTF_8)
            .hash()
            .asBytes();
    return ByteString.copyFrom(hash);
  }
}
