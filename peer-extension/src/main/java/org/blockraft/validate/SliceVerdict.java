package org.blockraft.validate;

/**
 * What verifying a slice found.
 *
 * @param first the index of the slice's first transaction in the block
 * @param codes per transaction the {@code TxValidationCode} so far
 * @param signers per transaction the indexes of the endorsements that count, in order: identity
 *     known, signature good, each signer once; empty for transactions that are invalid already
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares verdicts
public record SliceVerdict(int first, byte[] codes, int[][] signers) {}
