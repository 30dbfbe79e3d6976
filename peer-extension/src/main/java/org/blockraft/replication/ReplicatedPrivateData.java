package org.blockraft.replication;

import java.time.Duration;
import org.blockraft.cluster.wire.PrivateWriteSet;
import org.blockraft.cluster.wire.Request;
import org.blockraft.endorse.PrivateDataDistributor;
import org.blockraft.lifecycle.LifecycleException;
import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;

/**
 * Has private write sets stored by a majority of the nodes.
 *
 * <p>Invariant: a private write set is on a majority of the live nodes before its endorsement
 * leaves the cluster.
 */
public final class ReplicatedPrivateData implements PrivateDataDistributor {
  /** As long as a stock peer waits for another one to confirm. */
  private static final Duration CONFIRMATION_TIMEOUT = Duration.ofSeconds(3);

  private final Siblings siblings;
  private final Duration timeout;

  /**
   * @param leaseTtl how long a dead node counts as a live one: when a majority died at once, an
   *     endorsement waits for that
   */
  public ReplicatedPrivateData(Siblings siblings, Duration leaseTtl) {
    this.siblings = siblings;
    this.timeout = leaseTtl.plus(CONFIRMATION_TIMEOUT);
  }

  @Override
  public void distribute(
      String channelId, String txId, TxPvtReadWriteSetWithConfigInfo data, long height) {
    if (!replicate(channelId, txId, data, height)) {
      throw new LifecycleException(
          ("failed to distribute private collection, txID %s, channel %s: too few nodes of this"
                  + " peer have stored it")
              .formatted(txId, channelId));
    }
  }

  /** Has it stored by other nodes; false when they were too few. */
  public boolean replicate(
      String channelId, String txId, TxPvtReadWriteSetWithConfigInfo data, long height) {
    return siblings.storeAtMajority(
        Request.newBuilder()
            .setPrivateWriteSet(
                PrivateWriteSet.newBuilder()
                    .setChannel(channelId)
                    .setTxId(txId)
                    .setHeight(height)
                    .setWriteSet(data.toByteString()))
            .build(),
        timeout);
  }
}
