package org.blockraft.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.blockraft.simulation.TransactionSimulatorTest.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.blockraft.state.MemoryState;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateKey;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionHashedReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.HashedRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.junit.jupiter.api.Test;

class PrivateDataSimulationTest {

  private static final byte[] SECRET = "secret".getBytes(UTF_8);

  private final MemoryState state = new MemoryState();
  private final TransactionSimulator simulator = Simulations.on(state);

  @Test
  void shouldReadAPrivateValueAndRecordItsHash() throws InvalidProtocolBufferException {
    commit("c1", "k", new Version(5, 0), new Version(5, 0));
    assertArrayEquals(SECRET, simulator.getPrivateData("cc", "c1", "k"));
    assertNull(simulator.getPrivateData("cc", "c1", "absent"));

    SimulationResult result = simulator.result();
    HashedRWSet set = Simulations.hashedSet(result, "cc", 0);
    assertEquals(2, set.getHashedReadsCount());
    assertFalse(set.getHashedReads(0).hasVersion());
    assertEquals(5, set.getHashedReads(1).getVersion().getBlockNum());
    assertEquals(Set.of(new CollectionName("cc", "c1")), result.facts().privateReads());
    assertTrue(
        Simulations.namespace(result, "cc")
            .getCollectionHashedRwset(0)
            .getPvtRwsetHash()
            .isEmpty());
  }

  @Test
  void shouldReadTheDefinitionOncePerNamespace() throws InvalidProtocolBufferException {
    simulator.getPrivateDataHash("cc", "c1", "k");
    simulator.getPrivateDataHash("cc", "c2", "k");
    assertEquals(
        "namespaces/fields/cc/Collections",
        Simulations.publicSet(simulator.result(), "_lifecycle").getReads(0).getKey());
  }

  @Test
  void shouldRefuseAPrivateValueOfAnotherVersion() {
    commit("c1", "k", new Version(4, 1), new Version(5, 0));
    assertRefused(
        "private data matching public hash version is not available. Public hash version ="
            + " {BlockNum: 5, TxNum: 0}, Private data version = {BlockNum: 4, TxNum: 1}",
        () -> simulator.getPrivateData("cc", "c1", "k"));
    commit("c1", "unheld", null, new Version(5, 0));
    assertRefused(
        "private data matching public hash version is not available. Public hash version ="
            + " {BlockNum: 5, TxNum: 0}, Private data version = <nil>",
        () -> simulator.getPrivateData("cc", "c1", "unheld"));
    assertArrayEquals(Sha256.of(SECRET), simulator.getPrivateDataHash("cc", "c1", "unheld"));
    assertEquals(1, simulator.getPrivateDataMultipleKeys("cc", "c1", List.of("unheld")).size());
    assertEquals(Set.of(new CollectionName("cc", "c1")), simulator.result().facts().privateReads());
  }

  @Test
  void shouldNotCountAHashReadAsPrivateRead() {
    simulator.getPrivateDataHash("cc", "c1", "k");
    simulator.getPrivateDataMetadata("cc", "c1", "k");
    assertEquals(Set.of(), simulator.result().facts().privateReads());
  }

  @Test
  void shouldWriteHashesInPublicAndValuesInPrivate() throws InvalidProtocolBufferException {
    simulator.setPrivateData("cc", "c2", "b", SECRET);
    simulator.deletePrivateData("cc", "c2", "a");
    simulator.purgePrivateData("cc", "c2", "c");
    simulator.setPrivateDataMetadata("cc", "c2", "d", Map.of("n", SECRET));

    SimulationResult result = simulator.result();
    HashedRWSet hashed = Simulations.hashedSet(result, "cc", 0);
    assertTrue(hashed.getHashedWrites(0).getIsDelete());
    assertTrue(hashed.getHashedWrites(0).getValueHash().isEmpty());
    assertArrayEquals(Sha256.of("b"), hashed.getHashedWrites(1).getKeyHash().toByteArray());
    assertArrayEquals(Sha256.of(SECRET), hashed.getHashedWrites(1).getValueHash().toByteArray());
    assertTrue(hashed.getHashedWrites(2).getIsPurge());
    assertTrue(hashed.getHashedWrites(2).getIsDelete());
    assertEquals("n", hashed.getMetadataWrites(0).getEntries(0).getName());

    CollectionHashedReadWriteSet collection =
        Simulations.namespace(result, "cc").getCollectionHashedRwset(0);
    var pvt = result.privateRwset().getNsPvtRwset(0).getCollectionPvtRwset(0);
    KVRWSet plain = KVRWSet.parseFrom(pvt.getRwset());
    assertEquals(3, plain.getWritesCount());
    assertEquals(0, plain.getMetadataWrites(0).getEntriesCount());
    assertArrayEquals(
        Sha256.of(pvt.getRwset().toByteArray()), collection.getPvtRwsetHash().toByteArray());
    assertEquals(4, result.facts().writtenKeys().size());
    assertEquals("c2", result.facts().writtenKeys().get(0).collection());
  }

  @Test
  void shouldRefuseUnknownCollections() {
    assertRefused(
        "collection [other] not defined in the collection config for chaincode [cc]",
        () -> simulator.setPrivateData("cc", "other", "k", SECRET));
    assertRefused(
        "collection config not defined for chaincode [bare], pass the collection configuration"
            + " upon chaincode definition/instantiation",
        () -> simulator.getPrivateData("bare", "c1", "k"));
  }

  @Test
  void shouldAllowPrivateQueriesOnlyWithoutWrites() throws InvalidProtocolBufferException {
    commit("c1", "k", new Version(5, 0), new Version(5, 0));
    RangeResults rows = simulator.getPrivateDataRange("cc", "c1", "", "");
    assertEquals("k", rows.next().getKey());
    assertNull(rows.next());
    assertRefused(
        "txid [tx1]: unsuppored transaction. Transaction has already performed queries on pvt"
            + " data. Writes are not allowed",
        () -> simulator.setPrivateData("cc", "c1", "k", SECRET));
    assertEquals(List.of("_lifecycle"), simulator.result().facts().namespaces());

    TransactionSimulator writer = Simulations.on(state);
    writer.setState("cc", "x", SECRET);
    assertRefused(
        "txid [tx1]: unsuppored transaction. Queries on pvt data is supported only in a read-only"
            + " transaction",
        () -> writer.getPrivateDataRange("cc", "c1", "", ""));
  }

  @Test
  void shouldRefuseMetadataByHash() {
    assertRefused(
        "retrieving private data metadata by keyhash is not supported in simulation. This function"
            + " is only available for query as yet",
        () -> simulator.getPrivateDataMetadataByHash("cc", "c1", new byte[32]));
  }

  private void commit(String collection, String key, Version plain, Version hash) {
    if (plain != null) {
      state.with(
          StateKey.of(Namespaces.pvt("cc", collection), key), new VersionedValue(SECRET, plain));
    }
    state.with(
        new StateKey(Namespaces.hashed("cc", collection), Sha256.of(key)),
        new VersionedValue(Sha256.of(SECRET), hash));
  }
}
