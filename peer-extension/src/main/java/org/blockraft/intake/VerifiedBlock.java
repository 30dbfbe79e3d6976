package org.blockraft.intake;

import com.google.protobuf.ByteString;
import org.hyperledger.fabric.protos.common.Block;

/**
 * A block that follows its predecessor and carries enough good orderer signatures.
 *
 * @param block the parsed block; its byte fields share memory with {@code raw}
 * @param raw the serialized block as received
 * @param headerHash SHA-256 of the header, the next block's previous hash; not to be modified
 */
@SuppressWarnings("ArrayRecordComponent") // read by the ledger as it is; nobody compares these
public record VerifiedBlock(Block block, ByteString raw, byte[] headerHash) {

  public long number() {
    return block.getHeader().getNumber();
  }
}
