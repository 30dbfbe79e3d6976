package org.blockraft.validate;

import java.util.ArrayList;
import java.util.List;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.intake.VerifiedBlock;

/**
 * The merged verdicts of all slices of a block: everything that does not depend on the state. May
 * be made ahead of the state, while preceding blocks are still being decided.
 *
 * @param config the configuration that identities and signatures were checked against
 * @param codes per transaction the {@code TxValidationCode} so far
 * @param signers per transaction the indexes of the endorsements that count, in order
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares verdicts
public record BlockVerdict(
    VerifiedBlock block,
    ChannelConfig config,
    List<ParsedTransaction> transactions,
    byte[] codes,
    int[][] signers) {

  /** Puts verdicts together in block order and checks that they cover the block exactly. */
  static final class Builder {
    private final VerifiedBlock block;
    private final ChannelConfig config;
    private final List<ParsedTransaction> transactions;
    private final byte[] codes;
    private final int[][] signers;

    Builder(VerifiedBlock block, ChannelConfig config) {
      int size = block.block().getData().getDataCount();
      this.block = block;
      this.config = config;
      this.transactions = new ArrayList<>(size);
      this.codes = new byte[size];
      this.signers = new int[size][];
    }

    void add(ValidationSlice slice, SliceVerdict verdict) {
      int first = transactions.size();
      int size = slice.transactions().size();
      if (slice.first() != first
          || verdict.first() != first
          || verdict.codes().length != size
          || verdict.signers().length != size) {
        throw new ValidationException(
            "a verdict for transactions from %d of block %d does not fit at %d"
                .formatted(verdict.first(), block.number(), first));
      }
      transactions.addAll(slice.transactions());
      System.arraycopy(verdict.codes(), 0, codes, first, size);
      System.arraycopy(verdict.signers(), 0, signers, first, size);
    }

    BlockVerdict build() {
      if (transactions.size() != codes.length) {
        throw new ValidationException(
            "transaction %d in block %d has skipped validation"
                .formatted(transactions.size(), block.number()));
      }
      return new BlockVerdict(block, config, List.copyOf(transactions), codes, signers);
    }
  }
}
