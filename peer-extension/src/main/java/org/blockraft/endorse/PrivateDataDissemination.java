package org.blockraft.endorse;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.blockraft.endorse.PrivateDataPeers.Peer;
import org.blockraft.lifecycle.ChannelDirectory;
import org.blockraft.lifecycle.ChannelHandle;
import org.blockraft.lifecycle.LifecycleException;
import org.hyperledger.fabric.protos.gossip.PrivatePayload;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends private write sets to as many members of each collection as it asks for, one of each
 * organization first, and keeps them in this peer's transient store. Safe for use by many threads.
 *
 * <p>Fabric source: gossip/privdata/distributor.go, gossip/service/gossip_service.go.
 */
public final class PrivateDataDissemination implements PrivateDataDistributor {
  private static final Logger LOG = LoggerFactory.getLogger(PrivateDataDissemination.class);

  private final ChannelDirectory channels;
  private final PrivateDataPeers peers;
  private final Random random;

  /** One write set for one peer; without its acknowledgement the endorsement may have to fail. */
  private record Delivery(Peer peer, PrivatePayload payload, boolean required) {}

  public PrivateDataDissemination(
      ChannelDirectory channels, PrivateDataPeers peers, Random random) {
    this.channels = channels;
    this.peers = peers;
    this.random = random;
  }

  @Override
  public void distribute(
      String channelId, String txId, TxPvtReadWriteSetWithConfigInfo data, long height) {
    ChannelHandle channel =
        channels
            .channel(channelId)
            .orElseThrow(() -> new LifecycleException("No private data handler for " + channelId));
    try {
      deliver(channelId, plan(channelId, txId, data, height));
    } catch (LifecycleException e) {
      throw new LifecycleException(
          "failed to distribute private collection, txID %s, channel %s: %s"
              .formatted(txId, channelId, e.getMessage()),
          e);
    }
    channel.ledger().transientStore().persist(txId, height, data);
  }

  private List<Delivery> plan(
      String channelId, String txId, TxPvtReadWriteSetWithConfigInfo data, long height) {
    List<Delivery> plan = new ArrayList<>();
    for (NsPvtReadWriteSet namespace : data.getPvtRwset().getNsPvtRwsetList()) {
      CollectionConfigPackage configs =
          data.getCollectionConfigsMap().get(namespace.getNamespace());
      if (configs == null) {
        throw new LifecycleException(
            "collection config package for%schaincode is not provided"
                .formatted(namespace.getNamespace()));
      }
      for (CollectionPvtReadWriteSet writes : namespace.getCollectionPvtRwsetList()) {
        CollectionConfig config =
            config(configs, namespace.getNamespace(), writes.getCollectionName());
        PrivatePayload payload =
            PrivatePayload.newBuilder()
                .setNamespace(namespace.getNamespace())
                .setCollectionName(writes.getCollectionName())
                .setTxId(txId)
                .setPrivateRwset(writes.getRwset())
                .setPrivateSimHeight(height)
                .setCollectionConfigs(CollectionConfigPackage.newBuilder().addConfig(config))
                .build();
        plan.addAll(plan(channelId, config.getStaticCollectionConfig(), payload));
      }
    }
    return plan;
  }

  private List<Delivery> plan(
      String channelId, StaticCollectionConfig collection, PrivatePayload payload) {
    List<Peer> members = peers.members(channelId, collection);
    int required = collection.getRequiredPeerCount();
    if (members.size() < required) {
      throw new LifecycleException(
          ("could not build private data dissemination plan for chaincode %s and collection %s:"
                  + " required to disseminate to at least %d peers, but know of only %d eligible"
                  + " peers")
              .formatted(
                  payload.getNamespace(), payload.getCollectionName(), required, members.size()));
    }
    List<Peer> order = acrossOrganizations(members);
    int count = Math.min(order.size(), Math.max(0, collection.getMaximumPeerCount()));
    List<Delivery> plan = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      plan.add(new Delivery(order.get(i), payload, i < required));
    }
    return plan;
  }

  /** One peer of each organization, then all others, either at random. */
  private List<Peer> acrossOrganizations(List<Peer> members) {
    List<Peer> shuffled = new ArrayList<>(members);
    Collections.shuffle(shuffled, random);
    Map<String, Peer> first = new TreeMap<>();
    List<Peer> rest = new ArrayList<>();
    for (Peer peer : shuffled) {
      if (first.putIfAbsent(peer.mspId(), peer) != null) {
        rest.add(peer);
      }
    }
    List<Peer> order = new ArrayList<>(first.values());
    Collections.shuffle(order, random);
    order.addAll(rest);
    return order;
  }

  private void deliver(String channelId, List<Delivery> plan) {
    if (plan.isEmpty()) {
      return;
    }
    long failures = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> outcomes = new ArrayList<>();
      for (Delivery delivery : plan) {
        outcomes.add(
            threads.submit(() -> peers.send(delivery.peer(), channelId, delivery.payload())));
      }
      for (int i = 0; i < plan.size(); i++) {
        Delivery delivery = plan.get(i);
        if (!isDone(outcomes.get(i))) {
          LOG.warn(
              "Failed disseminating private RWSet for TxID {}, namespace {} collection {} to a"
                  + " peer of {}",
              delivery.payload().getTxId(),
              delivery.payload().getNamespace(),
              delivery.payload().getCollectionName(),
              delivery.peer().mspId());
          failures += delivery.required() ? 1 : 0;
        }
      }
    }
    if (failures > 0) {
      throw new LifecycleException(
          "Failed disseminating %d out of %d private dissemination plans"
              .formatted(failures, plan.size()));
    }
  }

  private static boolean isDone(Future<Boolean> outcome) {
    try {
      return outcome.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      LOG.warn("Sending private data failed", e.getCause());
      return false;
    }
  }

  private static CollectionConfig config(
      CollectionConfigPackage configs, String namespace, String collection) {
    for (CollectionConfig config : configs.getConfigList()) {
      if (config.getStaticCollectionConfig().getName().equals(collection)) {
        return config;
      }
    }
    String cause = "no configuration for collection" + collection + "found";
    throw new LifecycleException(
        "could not find collection access policy for%s and collection%serror%s: %s"
            .formatted(namespace, collection, cause, cause));
  }
}
