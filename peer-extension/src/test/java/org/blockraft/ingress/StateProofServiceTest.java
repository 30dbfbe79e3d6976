package org.blockraft.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.CallOptions;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.blockraft.identity.AccessDenied;
import org.blockraft.identity.MspManager;
import org.blockraft.identity.SignedData;
import org.blockraft.identity.TestOrg;
import org.blockraft.ingress.wire.Entry;
import org.blockraft.ingress.wire.Key;
import org.blockraft.ingress.wire.ProveRequest;
import org.blockraft.ingress.wire.ProveResponse;
import org.blockraft.ingress.wire.SignedRequest;
import org.blockraft.ingress.wire.SignedRoot;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.merkle.MerkleException;
import org.blockraft.merkle.ProvedState;
import org.blockraft.merkle.TreePipeline;
import org.blockraft.merkle.TreeSettings;
import org.blockraft.merkle.TreeStore;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueLimits;
import org.blockraft.state.KeyValueStore;
import org.blockraft.state.StateDb;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateUpdates;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over a real server, with a real tree behind a channel whose blocks are made by hand. */
final class StateProofServiceTest {
  private static final TestOrg ORG = new TestOrg("Org1MSP");
  private static final TestOrg.Member CLIENT = ORG.client();
  private static final TestOrg.Member PEER = ORG.peer();
  private static final Instant NOW = Instant.ofEpochSecond(1_790_000_000);
  private static final Duration WINDOW = Duration.ofMinutes(15);
  private static final long WAIT_SECONDS = 20;
  private static final int BYTES_MAX = 5000;

  @TempDir private Path folder;

  private final ExecutorService workers = Executors.newFixedThreadPool(3);
  private final ScriptedChannel channel =
      new ScriptedChannel(TestBlocks.CHANNEL, MspManager.of(List.of(ORG.msp())));
  private final AtomicReference<SignedData> asked = new AtomicReference<>();
  private volatile boolean denied;
  private volatile boolean doubted;
  private KeyValueStore store;
  private StateDb state;
  private TreePipeline tree;
  private LoopbackServer server;

  @BeforeEach
  void start() throws Exception {
    List<String> families = List.of(TreeStore.TREE, TreeStore.CHANGES, StateDb.FAMILY);
    store = KeyValueStore.open(folder, families, KeyValueLimits.SMALL);
    state = new StateDb(store);
    TreeSettings settings = new TreeSettings(2, 1 << 20, 10, 1, 100, 8);
    tree = new TreePipeline("testchannel", new TreeStore(store), state, settings, workers);
    channel.prover = keys -> Optional.of(tree.prove(keys));
    server =
        new LoopbackServer(
            ConcurrencyLimits.NONE,
            new StateProofService(
                new StateProofLimits(4, BYTES_MAX, 1, Duration.ofMillis(1), Duration.ofSeconds(2)),
                new OneChannel(channel),
                this::check,
                PEER.serialized(),
                PEER::sign,
                WINDOW,
                _ -> !doubted,
                InstantSource.fixed(NOW)));
    commit("asset1", "blue");
    commit("asset2", "red");
  }

  @AfterEach
  void stop() {
    server.close();
    tree.close();
    store.close();
    workers.shutdown();
  }

  private void check(String resource, String channelId, SignedData data) {
    assertEquals("qscc/GetBlockByNumber", resource);
    asked.set(data);
    CLIENT.signer().identity().verify(data.data(), data.signature());
    if (denied) {
      throw new AccessDenied("no access");
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void commit(String key, String value) {
    long height = state.height() + 1;
    StateUpdates updates = new StateUpdates();
    updates.put(
        "basic",
        utf8(key),
        new VersionedValue(utf8(value), utf8("policy"), new Version(height - 1, 7)));
    try (KeyValueBatch batch = store.batch()) {
      state.apply(updates, height, batch);
      var changes = tree.prepare(updates, height, batch);
      store.write(batch, false);
      tree.committed(height, changes);
    }
    channel.add(TestBlocks.block(height - 1));
  }

  private static Key key(String namespace, String key) {
    return Key.newBuilder().setNamespace(namespace).setKey(ByteString.copyFromUtf8(key)).build();
  }

  private static ProveRequest.Builder request(Key... keys) {
    return ProveRequest.newBuilder()
        .setIdentity(CLIENT.serialized())
        .setTimestamp(Timestamp.newBuilder().setSeconds(NOW.getEpochSecond()))
        .setChannel(TestBlocks.CHANNEL)
        .addAllKeys(List.of(keys));
  }

  private ProveResponse prove(ProveRequest.Builder request) {
    ByteString bytes = request.build().toByteString();
    return send(
        SignedRequest.newBuilder().setRequest(bytes).setSignature(CLIENT.sign(bytes)).build());
  }

  private ProveResponse send(SignedRequest request) {
    return ClientCalls.blockingUnaryCall(
        server.connection,
        StateProofService.PROVE,
        CallOptions.DEFAULT.withDeadlineAfter(WAIT_SECONDS, TimeUnit.SECONDS),
        request);
  }

  private void assertRefused(Code code, String text, ProveRequest.Builder request) {
    StatusRuntimeException e = assertThrows(StatusRuntimeException.class, () -> prove(request));
    assertEquals(code, e.getStatus().getCode(), e.getMessage());
    assertTrue(e.getStatus().getDescription().contains(text), e.getMessage());
  }

  @Test
  void anAnswerCanBeCheckedWithoutThePeer() {
    ProveResponse answer =
        prove(request(key("basic", "asset1"), key("basic", "asset9"), key("other", "asset1")));

    assertEquals(2, answer.getRoot().getHeight());
    assertEquals(TestBlocks.CHANNEL, answer.getRoot().getChannel());
    assertEquals(
        ByteString.copyFrom(BlockHeaders.headerHash(TestBlocks.block(1).getHeader())),
        answer.getRoot().getBlockHash());
    assertEquals(ByteString.copyFrom(tree.root(2).orElseThrow()), answer.getRoot().getRoot());
    assertEquals(PEER.serialized(), answer.getRoot().getSigner());
    PEER.signer()
        .identity()
        .verify(SignedRoots.bytes(answer.getRoot()), answer.getRoot().getSignature());
    Entry there = answer.getEntries(0);
    assertEquals("blue", there.getValue().getValue().toStringUtf8());
    assertEquals("policy", there.getValue().getMetadata().toStringUtf8());
    assertEquals(0, there.getValue().getBlock());
    assertEquals(7, there.getValue().getTx());
    assertFalse(answer.getEntries(1).hasValue());
    assertEquals(key("other", "asset1"), answer.getEntries(2).getKey());
    for (Entry entry : answer.getEntriesList()) {
      assertTrue(ProofMessages.isProved(entry, answer.getRoot().getRoot()));
    }
    Entry forged =
        there.toBuilder()
            .setValue(there.getValue().toBuilder().setValue(ByteString.copyFromUtf8("green")))
            .build();
    assertFalse(ProofMessages.isProved(forged, answer.getRoot().getRoot()));
    Entry hidden = there.toBuilder().clearValue().build();
    assertFalse(ProofMessages.isProved(hidden, answer.getRoot().getRoot()));
  }

  @Test
  void whatIsSignedIsWhatThePageSays() {
    SignedRoot root =
        SignedRoot.newBuilder()
            .setChannel("ch")
            .setHeight(258)
            .setBlockHash(ByteString.copyFrom(new byte[] {1, 2}))
            .setRoot(ByteString.copyFrom(new byte[] {3}))
            .build();
    assertEquals(
        "00626c6f636b7261667420737461746520726f6f74207631"
            + "00000002"
            + "6368"
            + "0000000000000102"
            + "00000002"
            + "0102"
            + "00000001"
            + "03",
        HexFormat.of().formatHex(SignedRoots.bytes(root).toByteArray()));
  }

  @Test
  void privateDataHasNoProofsButItsHashesDo() {
    assertRefused(Code.INVALID_ARGUMENT, "private data", request(key("basic$$pdeals", "deal1")));
    assertFalse(prove(request(key("basic$$hdeals", "deal1"))).getEntries(0).hasValue());
  }

  @Test
  void readersAloneAreAnswered() {
    denied = true;
    assertRefused(Code.PERMISSION_DENIED, "no access", request(key("basic", "asset1")));
    denied = false;
    ByteString bytes = request(key("basic", "asset1")).build().toByteString();
    ByteString other = CLIENT.sign(ByteString.copyFromUtf8("other"));
    StatusRuntimeException e =
        assertThrows(
            StatusRuntimeException.class,
            () -> send(SignedRequest.newBuilder().setRequest(bytes).setSignature(other).build()));
    assertEquals(Code.PERMISSION_DENIED, e.getStatus().getCode());
    assertEquals(CLIENT.serialized(), asked.get().identity());
    assertEquals(bytes, asked.get().data());
  }

  @Test
  void timestampsMustBeNearThePeersClock() {
    for (long away : new long[] {-901, 901, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertRefused(
          Code.PERMISSION_DENIED,
          "timestamp",
          request(key("basic", "asset1"))
              .setTimestamp(Timestamp.newBuilder().setSeconds(NOW.getEpochSecond() + away)));
    }
    prove(
        request(key("basic", "asset1"))
            .setTimestamp(Timestamp.newBuilder().setSeconds(NOW.getEpochSecond() - 900)));
  }

  @Test
  void badRequestsAreRefused() {
    Key key = key("basic", "asset1");
    assertRefused(Code.INVALID_ARGUMENT, "no keys", request());
    assertRefused(Code.INVALID_ARGUMENT, "at most 4", request(key, key, key, key, key));
    assertRefused(Code.INVALID_ARGUMENT, "no channel", request(key).clearChannel());
    assertRefused(Code.INVALID_ARGUMENT, "no identity", request(key).clearIdentity());
    assertRefused(Code.NOT_FOUND, "elsewhere", request(key).setChannel("elsewhere"));
    StatusRuntimeException e =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                send(SignedRequest.newBuilder().setRequest(ByteString.copyFromUtf8("\1")).build()));
    assertEquals(Code.INVALID_ARGUMENT, e.getStatus().getCode());
  }

  @Test
  void aPeerWithoutTreeSaysSo() {
    channel.prover = _ -> Optional.empty();
    assertRefused(
        Code.FAILED_PRECONDITION, "blockraft.merkle.enabled", request(key("basic", "asset1")));
  }

  @Test
  void aTreeThatHasStoppedOrIsBehindIsUnavailable() {
    Key key = key("basic", "asset1");
    channel.prover = _ -> Optional.of(new CompletableFuture<>());
    assertRefused(Code.UNAVAILABLE, "behind", request(key));
    channel.prover =
        _ -> Optional.of(CompletableFuture.failedFuture(new MerkleException("stopped")));
    assertRefused(Code.UNAVAILABLE, "stopped", request(key));
    channel.prover =
        _ -> {
          throw new MerkleException("stopped");
        };
    assertRefused(Code.UNAVAILABLE, "stopped", request(key));
  }

  @Test
  void nothingIsSignedThatIsNotAnnounced() {
    Key key = key("basic", "asset1");
    channel.prover =
        keys ->
            Optional.of(
                tree.prove(keys)
                    .thenApply(p -> new ProvedState(p.height() + 1, p.root(), p.entries())));
    assertRefused(Code.UNAVAILABLE, "not announced", request(key));
  }

  @Test
  void aValueThatTheTreeDoesNotHaveIsNotSigned() {
    channel.prover =
        keys -> {
          VersionedValue wrong = new VersionedValue(utf8("green"), new Version(0, 7));
          return Optional.of(
              tree.prove(keys)
                  .thenApply(
                      p ->
                          new ProvedState(
                              p.height(),
                              p.root(),
                              List.of(
                                  new ProvedState.Entry(
                                      StateKey.of("basic", "asset1"),
                                      wrong,
                                      p.entries().getFirst().proof())))));
        };
    assertRefused(Code.DATA_LOSS, "basic/asset1", request(key("basic", "asset1")));
  }

  @Test
  void aNodeWhoseStateIsInDoubtSignsNothing() {
    doubted = true;
    assertRefused(Code.UNAVAILABLE, "in doubt", request(key("basic", "asset1")));
    doubted = false;
    prove(request(key("basic", "asset1")));
  }

  @Test
  void answersHaveASize() {
    commit("large", "x".repeat(BYTES_MAX - 1000));
    prove(request(key("basic", "large")));
    assertRefused(
        Code.RESOURCE_EXHAUSTED,
        "fewer keys",
        request(key("basic", "large"), key("basic", "large")));
  }

  @Test
  void proofsUnderWayAreLimited() throws Exception {
    Key key = key("basic", "asset1");
    CompletableFuture<ProvedState> held = new CompletableFuture<>();
    CompletableFuture<Void> begun = new CompletableFuture<>();
    channel.prover =
        _ -> {
          begun.complete(null);
          return Optional.of(held);
        };
    Future<ProveResponse> first = workers.submit(() -> prove(request(key)));
    begun.get(WAIT_SECONDS, TimeUnit.SECONDS);
    assertRefused(Code.RESOURCE_EXHAUSTED, "under way", request(key));
    held.complete(
        tree.prove(List.of(StateKey.of("basic", "asset1"))).get(WAIT_SECONDS, TimeUnit.SECONDS));
    assertEquals(1, first.get(WAIT_SECONDS, TimeUnit.SECONDS).getEntriesCount());
    channel.prover = keys -> Optional.of(tree.prove(keys));
    prove(request(key));
  }
}
