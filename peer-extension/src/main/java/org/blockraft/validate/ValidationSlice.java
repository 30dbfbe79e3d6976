package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * A range of one block's transactions, verified as one piece. What verification finds is a function
 * of the slice and the channel configuration alone, so any node can do it.
 *
 * @param first the index of the first transaction in the block
 */
public record ValidationSlice(
    String channelId, long block, int first, List<ParsedTransaction> transactions) {

  public ValidationSlice {
    transactions = List.copyOf(transactions);
  }

  /** Parses the transactions. */
  public static ValidationSlice of(
      String channelId, long block, int first, List<ByteString> envelopes) {
    return new ValidationSlice(
        channelId, block, first, envelopes.stream().map(ParsedTransaction::of).toList());
  }
}
