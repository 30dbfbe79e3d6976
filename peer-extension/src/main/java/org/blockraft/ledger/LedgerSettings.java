package org.blockraft.ledger;

import java.time.Duration;
import java.util.Optional;
import org.blockraft.merkle.TreeSettings;
import org.blockraft.state.KeyValueLimits;

/**
 * What core.yaml says about ledgers.
 *
 * @param mspId this peer's organization: decides which collections it is a member of
 * @param historyEnabled ledger.history.enableHistoryDatabase
 * @param pullRetryThreshold peer.gossip.pvtData.pullRetryThreshold: how long a block waits for
 *     private data of others
 * @param skipPullingInvalid peer.gossip.pvtData.skipPullingInvalidTransactionsDuringCommit
 * @param transientRetentionBlocks peer.gossip.pvtData.transientstoreMaxBlockRetention
 * @param purgeIntervalBlocks ledger.pvtdataStore.purgeInterval: expired private data is deleted
 *     every so many blocks
 * @param announcedByOthers whether blocks stay unseen until {@link Ledger#announce}, as in a
 *     cluster
 * @param segmentBytesMax size at which a new block file is begun
 * @param tree of each channel's Merkle tree; empty: none is kept
 * @param store limits of each channel's store; its cache size is that of all channels together
 */
public record LedgerSettings(
    String mspId,
    boolean historyEnabled,
    Duration pullRetryThreshold,
    boolean skipPullingInvalid,
    long transientRetentionBlocks,
    long purgeIntervalBlocks,
    boolean announcedByOthers,
    long segmentBytesMax,
    Optional<TreeSettings> tree,
    KeyValueLimits store) {

  /** Checks the limits that have no meaning at zero. */
  public LedgerSettings {
    if (transientRetentionBlocks <= 0 || purgeIntervalBlocks <= 0 || segmentBytesMax <= 0) {
      throw new IllegalArgumentException("ledger limits must be positive");
    }
  }

  /** Fabric's own default size of a block file. */
  public static final long SEGMENT_BYTES_DEFAULT = 64L << 20;

  /** Fabric's defaults of core.yaml. */
  public static LedgerSettings defaults(String mspId) {
    return new LedgerSettings(
        mspId,
        true,
        Duration.ofSeconds(60),
        false,
        1000,
        100,
        false,
        SEGMENT_BYTES_DEFAULT,
        Optional.of(TreeSettings.DEFAULTS),
        KeyValueLimits.DEFAULTS);
  }
}
