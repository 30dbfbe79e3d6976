package org.blockraft.chaincode;

/**
 * What a 3.x peer tells a chaincode it may send in one message (core.yaml {@code
 * chaincode.runtimeParams}). Immutable.
 *
 * @param useWriteBatch whether writes may come in batches
 * @param maxSizeWriteBatch the most writes in one batch
 * @param useGetMultipleKeys whether many keys may be read at once
 * @param maxSizeGetMultipleKeys the most keys in one read
 */
public record BatchParameters(
    boolean useWriteBatch,
    int maxSizeWriteBatch,
    boolean useGetMultipleKeys,
    int maxSizeGetMultipleKeys) {
  /** Stock's default size of both batches. */
  public static final int SIZE_DEFAULT = 1000;

  /** Stock 3.x defaults: both on, 1000 each. */
  public static BatchParameters defaults() {
    return new BatchParameters(true, SIZE_DEFAULT, true, SIZE_DEFAULT);
  }
}
