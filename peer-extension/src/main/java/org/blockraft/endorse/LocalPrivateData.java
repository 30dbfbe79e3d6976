package org.blockraft.endorse;

import org.blockraft.lifecycle.ChannelDirectory;
import org.blockraft.lifecycle.ChannelHandle;
import org.blockraft.lifecycle.LifecycleException;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;

/**
 * Keeps private write sets in this peer's transient store alone: there is no other peer to send
 * them to. A collection that asks for more peers than that is refused with the text of a stock peer
 * that knows no eligible peer.
 *
 * <p>Fabric source: gossip/privdata/distributor.go, gossip/service/gossip_service.go.
 */
public final class LocalPrivateData implements PrivateDataDistributor {
  private final ChannelDirectory channels;

  public LocalPrivateData(ChannelDirectory channels) {
    this.channels = channels;
  }

  @Override
  public void distribute(
      String channelId, String txId, TxPvtReadWriteSetWithConfigInfo data, long height) {
    ChannelHandle channel =
        channels
            .channel(channelId)
            .orElseThrow(() -> new LifecycleException("No private data handler for " + channelId));
    for (NsPvtReadWriteSet namespace : data.getPvtRwset().getNsPvtRwsetList()) {
      CollectionConfigPackage configs =
          data.getCollectionConfigsOrDefault(
              namespace.getNamespace(), CollectionConfigPackage.getDefaultInstance());
      for (CollectionPvtReadWriteSet collection : namespace.getCollectionPvtRwsetList()) {
        int required = requiredPeers(configs, collection.getCollectionName());
        if (required > 0) {
          throw new LifecycleException(
              ("failed to distribute private collection, txID %s, channel %s: could not build"
                      + " private data dissemination plan for chaincode %s and collection %s:"
                      + " required to disseminate to at least %d peers, but know of only 0"
                      + " eligible peers")
                  .formatted(
                      txId,
                      channelId,
                      namespace.getNamespace(),
                      collection.getCollectionName(),
                      required));
        }
      }
    }
    channel.ledger().transientStore().persist(txId, height, data);
  }

  private static int requiredPeers(CollectionConfigPackage configs, String collection) {
    for (CollectionConfig config : configs.getConfigList()) {
      if (config.getStaticCollectionConfig().getName().equals(collection)) {
        return config.getStaticCollectionConfig().getRequiredPeerCount();
      }
    }
    throw new LifecycleException("no configuration for collection" + collection + "found");
  }
}
