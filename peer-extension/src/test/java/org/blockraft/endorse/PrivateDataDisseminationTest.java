package org.blockraft.endorse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.blockraft.endorse.PrivateDataPeers.Peer;
import org.blockraft.identity.SampleChannel;
import org.blockraft.lifecycle.LifecycleException;
import org.hyperledger.fabric.protos.gossip.PrivatePayload;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateDataDisseminationTest {
  private static final ByteString WRITES = ByteString.copyFromUtf8("writes");
  private static final String PREFIX =
      "failed to distribute private collection, txID tx, channel sample: ";

  @TempDir Path dir;
  private EndorsingPeer peer;
  private final Network network = new Network();

  /** Two peers of one organization and one of each of two others. */
  private static final class Network implements PrivateDataPeers {
    private final Map<String, PrivatePayload> sent = new ConcurrentHashMap<>();
    private Set<String> silent = Set.of();

    @Override
    public List<Peer> members(String channelId, StaticCollectionConfig collection) {
      return List.of(
          peer("a1", "A"), peer("a2", "A"), peer("a3", "A"), peer("b1", "B"), peer("c1", "C"));
    }

    private static Peer peer(String id, String mspId) {
      return new Peer(ByteString.copyFromUtf8(id), mspId);
    }

    @Override
    public boolean send(Peer to, String channelId, PrivatePayload payload) {
      assertEquals(SampleChannel.ID, channelId);
      sent.put(to.pkiId().toStringUtf8(), payload);
      return !silent.contains(to.mspId());
    }
  }

  @BeforeEach
  void join() {
    peer = new EndorsingPeer(dir);
    peer.join(peer.genesisBlock());
  }

  @AfterEach
  void close() {
    peer.close();
  }

  private void distribute(int required, int maximum) {
    new PrivateDataDissemination(peer, network, new Random(7))
        .distribute(SampleChannel.ID, "tx", data(required, maximum), 5);
  }

  private static TxPvtReadWriteSetWithConfigInfo data(int required, int maximum) {
    return TxPvtReadWriteSetWithConfigInfo.newBuilder()
        .setPvtRwset(
            TxPvtReadWriteSet.newBuilder()
                .addNsPvtRwset(
                    NsPvtReadWriteSet.newBuilder()
                        .setNamespace("cc")
                        .addCollectionPvtRwset(
                            CollectionPvtReadWriteSet.newBuilder()
                                .setCollectionName("shared")
                                .setRwset(WRITES))))
        .putCollectionConfigs(
            "cc",
            CollectionConfigPackage.newBuilder()
                .addConfig(collection("other", 9, 9))
                .addConfig(collection("shared", required, maximum))
                .build())
        .build();
  }

  private static CollectionConfig collection(String name, int required, int maximum) {
    return CollectionConfig.newBuilder()
        .setStaticCollectionConfig(
            StaticCollectionConfig.newBuilder()
                .setName(name)
                .setRequiredPeerCount(required)
                .setMaximumPeerCount(maximum))
        .build();
  }

  private int stored() {
    return peer.ledger().transientStore().byTxId("tx").size();
  }

  @Test
  void everyOrganizationGetsItBeforeOneGetsItTwice() {
    distribute(1, 3);
    assertEquals(
        Set.of("a", "b", "c"),
        network.sent.keySet().stream().map(id -> id.substring(0, 1)).collect(Collectors.toSet()));
    assertEquals(3, network.sent.size());
    assertEquals(
        PrivatePayload.newBuilder()
            .setNamespace("cc")
            .setCollectionName("shared")
            .setTxId("tx")
            .setPrivateRwset(WRITES)
            .setPrivateSimHeight(5)
            .setCollectionConfigs(
                CollectionConfigPackage.newBuilder().addConfig(collection("shared", 1, 3)))
            .build(),
        network.sent.get("b1"));
    assertEquals(1, stored());
  }

  @Test
  void whatIsLeftGoesToFurtherPeersOfAnOrganization() {
    distribute(0, 4);
    assertEquals(4, network.sent.size());
    assertTrue(network.sent.keySet().containsAll(Set.of("b1", "c1")));
  }

  @Test
  void nothingIsSentWhenTheMaximumIsZero() {
    distribute(0, 0);
    assertEquals(Map.of(), network.sent);
    assertEquals(1, stored());
  }

  @Test
  void silenceMattersOnlyWhereAnAnswerIsRequired() {
    network.silent = Set.of("A", "B", "C");
    distribute(0, 5);
    assertEquals(5, network.sent.size());
    assertEquals(1, stored());

    LifecycleException refused = assertThrows(LifecycleException.class, () -> distribute(2, 5));
    assertEquals(
        PREFIX + "Failed disseminating 2 out of 5 private dissemination plans",
        refused.getMessage());
    assertEquals(1, stored());
  }

  @Test
  void tooFewMembersAreAnErrorBeforeAnythingIsSent() {
    LifecycleException refused = assertThrows(LifecycleException.class, () -> distribute(6, 7));
    assertEquals(
        PREFIX
            + "could not build private data dissemination plan for chaincode cc and collection"
            + " shared: required to disseminate to at least 6 peers, but know of only 5 eligible"
            + " peers",
        refused.getMessage());
    assertEquals(Map.of(), network.sent);
    assertEquals(0, stored());
  }

  @Test
  void unknownCollectionsAndChannelsAreRefused() {
    PrivateDataDissemination dissemination =
        new PrivateDataDissemination(peer, network, new Random(7));
    TxPvtReadWriteSetWithConfigInfo data = data(0, 0);
    assertEquals(
        "No private data handler for nowhere",
        assertThrows(
                LifecycleException.class, () -> dissemination.distribute("nowhere", "tx", data, 5))
            .getMessage());
    assertEquals(
        PREFIX + "collection config package forccchaincode is not provided",
        refusal(dissemination, data.toBuilder().clearCollectionConfigs().build()));
    assertEquals(
        PREFIX
            + "could not find collection access policy forcc and collectionsharederror"
            + "no configuration for collectionsharedfound: no configuration for"
            + " collectionsharedfound",
        refusal(
            dissemination,
            data.toBuilder()
                .putCollectionConfigs("cc", CollectionConfigPackage.getDefaultInstance())
                .build()));
  }

  private static String refusal(
      PrivateDataDissemination dissemination, TxPvtReadWriteSetWithConfigInfo data) {
    return assertThrows(
            LifecycleException.class,
            () -> dissemination.distribute(SampleChannel.ID, "tx", data, 5))
        .getMessage();
  }
}
