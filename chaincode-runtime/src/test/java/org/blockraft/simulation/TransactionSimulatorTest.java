package org.blockraft.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Map;
import org.blockraft.state.MemoryState;
import org.blockraft.state.StateKey;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataEntry;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class TransactionSimulatorTest {

  private final MemoryState state = new MemoryState().with("cc", "a", "old", new Version(3, 1));
  private final TransactionSimulator simulator = Simulations.on(state);

  @Test
  void shouldNotReadItsOwnWrites() throws InvalidProtocolBufferException {
    simulator.setState("cc", "a", "new".getBytes(UTF_8));
    assertArrayEquals("old".getBytes(UTF_8), simulator.getState("cc", "a"));
    assertNull(simulator.getState("cc", "b"));

    SimulationResult result = simulator.result();
    KVRWSet set = Simulations.publicSet(result, "cc");
    assertEquals("a", set.getReads(0).getKey());
    assertEquals(3, set.getReads(0).getVersion().getBlockNum());
    assertFalse(set.getReads(1).hasVersion());
    assertEquals("new", set.getWrites(0).getValue().toStringUtf8());
    assertEquals(4, result.simulationHeight());
    assertNull(result.privateRwset());
  }

  @Test
  void shouldRecordAnEmptyValueAsDelete() throws InvalidProtocolBufferException {
    simulator.setState("cc", "a", new byte[0]);
    simulator.deleteState("cc", "b");
    KVRWSet set = Simulations.publicSet(simulator.result(), "cc");
    assertTrue(set.getWrites(0).getIsDelete());
    assertTrue(set.getWrites(1).getIsDelete());
  }

  @Test
  void shouldReadManyKeysInTheOrderAsked() throws InvalidProtocolBufferException {
    List<byte[]> values = simulator.getStateMultipleKeys("cc", List.of("z", "a"));
    assertNull(values.get(0));
    assertArrayEquals("old".getBytes(UTF_8), values.get(1));
    assertEquals(2, Simulations.publicSet(simulator.result(), "cc").getReadsCount());
  }

  @Test
  void shouldRecordAMetadataReadAsRead() throws InvalidProtocolBufferException {
    assertEquals(Map.of(), simulator.getStateMetadata("cc", "a"));
    assertEquals(1, Simulations.publicSet(simulator.result(), "cc").getReadsCount());
  }

  @Test
  void shouldTellTheCommittedMetadataOfWrittenKeysWithoutReadingThem()
      throws InvalidProtocolBufferException {
    byte[] policy = {1, 2};
    byte[] metadata =
        StateMetadata.serialize(
            List.of(
                KVMetadataEntry.newBuilder()
                    .setName("VALIDATION_PARAMETER")
                    .setValue(ByteString.copyFrom(policy))
                    .build()));
    state.with(
        StateKey.of("cc", "guarded"),
        new VersionedValue(new byte[] {9}, metadata, new Version(1, 0)));
    simulator.setState("cc", "guarded", new byte[] {1});
    simulator.setState("cc", "free", new byte[] {1});
    simulator.setStateMetadata("cc", "free", Map.of("n", policy));

    SimulationResult result = simulator.result();
    List<WrittenKey> written = result.facts().writtenKeys();
    assertEquals(2, written.size());
    assertArrayEquals(policy, written.get(0).metadata().get("VALIDATION_PARAMETER"));
    assertEquals(Map.of(), written.get(1).metadata());
    KVRWSet set = Simulations.publicSet(result, "cc");
    assertEquals(0, set.getReadsCount());
    assertEquals("free", set.getMetadataWrites(0).getKey());
  }

  @Test
  void shouldGiveItsResultOnce() {
    simulator.result();
    assertRefused(
        "this function should only be called once on a transaction simulator instance",
        simulator::result);
  }

  @Test
  void shouldRefuseUseAfterClosing() {
    simulator.close();
    String text = "this instance should not be used after calling Done()";
    assertRefused(text, () -> simulator.getState("cc", "a"));
    assertRefused(text, () -> simulator.setState("cc", "a", null));
    assertRefused(text, () -> simulator.getStateRange("cc", "", ""));
    simulator.close();
  }

  @Test
  void shouldRefuseRichQueries() {
    assertRefused(
        "ExecuteQuery not supported for leveldb", () -> simulator.executeQuery("cc", "{}"));
    assertRefused(
        "ExecuteQuery not supported for leveldb",
        () -> simulator.executePrivateDataQuery("cc", "c1", "{}"));
    assertRefused(
        "ExecuteQueryWithMetadata not supported for leveldb",
        () -> simulator.executeQueryPaginated("cc", "{}", "", 5));
  }

  @Test
  void shouldRefuseHistoryWhenDisabled() {
    assertRefused("history database is not enabled", () -> simulator.getHistoryForKey("cc", "a"));
  }

  static void assertRefused(String text, Executable step) {
    assertEquals(text, assertThrows(SimulationException.class, step).getMessage());
  }
}
