package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.util.List;
import org.blockraft.intake.BlockRejected;
import org.blockraft.intake.BlockVerifier;
import org.blockraft.validate.ParsedTransaction;
import org.hyperledger.fabric.protos.common.Block;

/**
 * A serialized block that is parsed once, by whoever needs it first. Safe for use by many threads.
 */
final class PreparedBlock {
  private final ByteString body;
  private Block block;
  private List<ParsedTransaction> transactions;

  PreparedBlock(ByteString body) {
    this.body = body;
  }

  /** Whether it is made of these very bytes, which it tells without looking at each. */
  @SuppressWarnings("ReferenceEquality")
  boolean isOf(ByteString other) {
    return body == other;
  }

  /** The block; throws {@link BlockRejected} if the bytes are none. */
  synchronized Block block() {
    if (block == null) {
      block = BlockVerifier.parse(body);
    }
    return block;
  }

  /** Its transactions, in order; throws as {@link #block}. */
  synchronized List<ParsedTransaction> transactions() {
    if (transactions == null) {
      transactions = block().getData().getDataList().stream().map(ParsedTransaction::of).toList();
    }
    return transactions;
  }
}
