package org.blockraft.validate;

import java.util.List;
import org.blockraft.intake.VerifiedBlock;

/**
 * A block whose transactions have been checked for everything but MVCC.
 *
 * @param flags one {@code TxValidationCode} per transaction; shared, not to be modified
 * @param transactions the parsed transactions in block order
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares validated blocks
public record ValidatedBlock(
    VerifiedBlock block, byte[] flags, List<ParsedTransaction> transactions) {

  public long number() {
    return block.number();
  }

  /** For a block that is not validated, such as the genesis block: all transactions are valid. */
  public static ValidatedBlock allValid(VerifiedBlock block) {
    return withFlags(block, new byte[block.block().getData().getDataCount()]);
  }

  /** For a block whose flags are known already, such as a stored one that is replayed. */
  public static ValidatedBlock withFlags(VerifiedBlock block, byte[] flags) {
    return new ValidatedBlock(
        block,
        flags,
        block.block().getData().getDataList().stream().map(ParsedTransaction::of).toList());
  }
}
