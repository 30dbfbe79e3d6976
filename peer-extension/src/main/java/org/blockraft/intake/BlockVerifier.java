package org.blockraft.intake;

import com.google.protobuf.ByteString;
import org.blockraft.identity.ChannelConfig;

/**
 * Checks one block against the one before it and the configuration in force.
 *
 * <p>Fabric: internal/peer/gossip/mcs.go VerifyBlock, protoutil/blockutils.go; v3
 * common/deliverclient/block_verification.go.
 */
public final class BlockVerifier {
  private BlockVerifier() {}

  /**
   * Verifies a block.
   *
   * @param raw a serialized block
   * @param expectedPreviousHash the header hash of the block before; empty: not checked
   * @param config in force for this block: that of the last configuration block before it
   * @throws BlockRejected with Fabric's text
   */
  public static VerifiedBlock verify(
      ByteString raw, long expectedNumber, byte[] expectedPreviousHash, ChannelConfig config) {
    throw new IllegalStateException("being written");
  }
}
