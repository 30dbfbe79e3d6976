package org.blockraft.intake;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.SampleChannel;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Status;
import org.hyperledger.fabric.protos.orderer.BroadcastResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrdererSourceTest {
  private static final int ALL = Integer.MAX_VALUE;

  @TempDir Path dir;
  private final List<AutoCloseable> open = new ArrayList<>();
  private SampleChannel channel;
  private SampleBlocks blocks;
  private ChainTip genesis;
  private OrdererSettings settings;
  private OrdererConnections connections;

  @BeforeEach
  void setUp() {
    channel = new SampleChannel(dir);
    blocks = new SampleBlocks(channel);
    genesis = blocks.tip();
    settings = OrdererSettings.defaults(true, Optional.of(channel.org1.tls()));
    connections = new OrdererConnections(settings);
    open.add(connections);
  }

  @AfterEach
  void tearDown() throws Exception {
    for (AutoCloseable resource : open.reversed()) {
      resource.close();
    }
  }

  @Test
  void shouldHandOnEveryBlockInOrder() throws Exception {
    addBlocks(200);
    FakeOrderer orderer = orderer(ALL, FakeOrderer.Ending.SILENCE, UnaryOperator.identity());
    BlockingQueue<VerifiedBlock> sink = pull(channel.config(orderer.address()), 4);

    expect(sink, 1, 200);
    assertEquals(List.of(1L), orderer.seeks);
  }

  @Test
  void shouldGoOnAtAnotherOrdererWhenOneEnds() throws Exception {
    addBlocks(60);
    FakeOrderer dying = orderer(20, FakeOrderer.Ending.HANG_UP, UnaryOperator.identity());
    FakeOrderer refusing = orderer(40, FakeOrderer.Ending.STATUS, UnaryOperator.identity());
    FakeOrderer healthy = orderer(ALL, FakeOrderer.Ending.SILENCE, UnaryOperator.identity());
    FakeOrderer gone = orderer(0, FakeOrderer.Ending.SILENCE, UnaryOperator.identity());
    gone.close();
    BlockingQueue<VerifiedBlock> sink =
        pull(
            channel.config(dying.address(), refusing.address(), healthy.address(), gone.address()),
            4);

    expect(sink, 1, 60);
    assertFalse(healthy.seeks.isEmpty());
  }

  @Test
  void shouldNotBelieveAnOrdererThatChangesBlocks() throws Exception {
    addBlocks(30);
    UnaryOperator<Block> lie =
        block ->
            block.getHeader().getNumber() == 10
                ? block.toBuilder().setData(blocks.get(3).getData()).build()
                : block;
    FakeOrderer lying = orderer(ALL, FakeOrderer.Ending.SILENCE, lie);
    FakeOrderer honest = orderer(ALL, FakeOrderer.Ending.SILENCE, UnaryOperator.identity());
    BlockingQueue<VerifiedBlock> sink = pull(channel.config(lying.address(), honest.address()), 4);

    for (VerifiedBlock block : expect(sink, 1, 30)) {
      assertEquals(blocks.get((int) block.number()), block.block());
    }
    assertFalse(honest.seeks.isEmpty());
  }

  @Test
  void shouldKeepTryingUntilAnOrdererComes() throws Exception {
    addBlocks(3);
    FakeOrderer empty = orderer(0, FakeOrderer.Ending.STATUS, UnaryOperator.identity());
    BlockingQueue<VerifiedBlock> sink = pull(channel.config(empty.address()), 4);

    await().until(() -> empty.seeks.size() >= 4);
    assertEquals(List.of(1L, 1L, 1L, 1L), empty.seeks.subList(0, 4));
    assertTrue(sink.isEmpty());
  }

  @Test
  void shouldMoveToTheOrderersOfANewConfiguration() throws Exception {
    addBlocks(5);
    FakeOrderer before = orderer(ALL, FakeOrderer.Ending.SILENCE, UnaryOperator.identity());
    FakeOrderer after = orderer(ALL, FakeOrderer.Ending.SILENCE, UnaryOperator.identity());
    ChannelConfig config = channel.config(before.address());
    blocks.addConfig(
        ConfigEnvelope.newBuilder()
            .setConfig(
                Config.newBuilder().setSequence(1).setChannelGroup(channel.root(after.address())))
            .build());
    addBlocks(5);
    BlockingQueue<VerifiedBlock> sink = pull(config, 2);

    expect(sink, 1, 11);
    assertEquals(List.of(1L), before.seeks);
    assertEquals(List.of(7L), after.seeks);
  }

  @Test
  void shouldStayWhenANewConfigurationKeepsTheOrderers() throws Exception {
    addBlocks(2);
    FakeOrderer orderer = orderer(ALL, FakeOrderer.Ending.SILENCE, UnaryOperator.identity());
    ChannelConfig config = channel.config(orderer.address());
    ConfigEnvelope same =
        ConfigEnvelope.newBuilder().setConfig(config.config().toBuilder().setSequence(1)).build();
    blocks.addConfig(same);
    addBlocks(2);
    BlockingQueue<VerifiedBlock> sink = pull(config, 2);

    expect(sink, 1, 5);
    assertEquals(List.of(1L), orderer.seeks);
  }

  @Test
  void shouldFollowAddressOverrides() throws Exception {
    addBlocks(3);
    FakeOrderer orderer = orderer(ALL, FakeOrderer.Ending.SILENCE, UnaryOperator.identity());
    settings =
        new OrdererSettings(
            true,
            Optional.empty(),
            settings.connectTimeout(),
            settings.reconnectBackoffMax(),
            settings.reconnectTotalMax(),
            true,
            settings.keepaliveInterval(),
            settings.keepaliveTimeout(),
            settings.stallTimeout(),
            Map.of(
                "far.example.com:7050",
                new OrdererSettings.AddressOverride(
                    orderer.address(), List.of(channel.ordering.tlsAuthorityPem()))));
    connections = new OrdererConnections(settings);
    open.add(connections);
    ChannelConfig config = channel.config("far.example.com:7050");

    expect(pull(config, 2), 1, 3);
    assertEquals(
        orderer.address() + " (mapped from far.example.com:7050)",
        connections.endpoints(config).getFirst().logAddress());
  }

  @Test
  void shouldNotStayWithASilentOrdererThatMayWithholdBlocks() throws Exception {
    addBlocks(3);
    settings =
        new OrdererSettings(
            true,
            Optional.empty(),
            settings.connectTimeout(),
            settings.reconnectBackoffMax(),
            settings.reconnectTotalMax(),
            true,
            settings.keepaliveInterval(),
            settings.keepaliveTimeout(),
            Duration.ofMillis(200),
            Map.of());
    FakeOrderer withholding = orderer(0, FakeOrderer.Ending.SILENCE, UnaryOperator.identity());
    FakeOrderer honest = orderer(ALL, FakeOrderer.Ending.SILENCE, UnaryOperator.identity());
    ConfigGroup bft =
        channel.root(withholding.address(), honest.address()).toBuilder()
            .putValues("Capabilities", SampleChannel.capabilities("V3_0"))
            .build();
    ChannelConfig config =
        ChannelConfig.of(SampleChannel.ID, Config.newBuilder().setChannelGroup(bft).build());

    expect(pull(config, 2), 1, 3);
    await().until(() -> !withholding.seeks.isEmpty() && honest.seeks.size() > 1);
  }

  @Test
  void shouldGiveUpIfItIsNoStaticLeader() {
    settings =
        new OrdererSettings(
            true,
            Optional.empty(),
            settings.connectTimeout(),
            Duration.ofMillis(10),
            Duration.ofMillis(100),
            false,
            settings.keepaliveInterval(),
            settings.keepaliveTimeout(),
            settings.stallTimeout(),
            Map.of());
    FakeOrderer empty = orderer(0, FakeOrderer.Ending.STATUS, UnaryOperator.identity());
    ChannelConfig config = channel.config(empty.address());

    source(config, block -> {}).run();

    assertTrue(empty.seeks.size() > 2);
  }

  @Test
  void shouldAnswerASubmitterWithWhatTheOrdererSays() {
    FakeOrderer orderer = orderer(0, FakeOrderer.Ending.SILENCE, UnaryOperator.identity());
    OrdererEndpoint endpoint = connections.endpoints(channel.config(orderer.address())).getFirst();
    OrdererBroadcast broadcast = new OrdererBroadcast(connections);

    BroadcastResponse answer =
        broadcast.submit(
            endpoint,
            SampleChannel.envelope(HeaderType.MESSAGE, channel.client1.signer(), ByteString.EMPTY),
            Duration.ofSeconds(10));
    assertEquals(Status.SUCCESS, answer.getStatus());

    OrdererException refused =
        assertThrows(
            OrdererException.class,
            () ->
                broadcast.submit(endpoint, Envelope.getDefaultInstance(), Duration.ofSeconds(10)));
    assertEquals("rpc error: code = Unavailable desc = no payload", refused.getMessage());
  }

  private void addBlocks(int count) {
    for (int i = 0; i < count; i++) {
      blocks.addTransactions(1 + i % 3);
    }
  }

  private FakeOrderer orderer(int end, FakeOrderer.Ending ending, UnaryOperator<Block> distortion) {
    FakeOrderer orderer = new FakeOrderer(channel.ordering, blocks, end, ending, distortion);
    open.add(orderer);
    return orderer;
  }

  private OrdererSource source(ChannelConfig config, BlockSink sink) {
    return new OrdererSource(
        settings,
        connections,
        channel.peer1.signer(),
        () -> config,
        () -> genesis,
        sink,
        Instant::now);
  }

  private BlockingQueue<VerifiedBlock> pull(ChannelConfig config, int capacity) {
    BlockingQueue<VerifiedBlock> queue = new ArrayBlockingQueue<>(capacity);
    OrdererSource source = source(config, queue::put);
    Thread runner = Thread.ofVirtual().start(source::run);
    open.add(
        () -> {
          source.close();
          assertTrue(runner.join(Duration.ofSeconds(10)), "the source did not end");
        });
    return queue;
  }

  private static List<VerifiedBlock> expect(
      BlockingQueue<VerifiedBlock> sink, long first, long last) throws InterruptedException {
    List<VerifiedBlock> taken = new ArrayList<>();
    for (long number = first; number <= last; number++) {
      VerifiedBlock block = sink.poll(20, TimeUnit.SECONDS);
      assertTrue(block != null, "no block " + number);
      assertEquals(number, block.number());
      taken.add(block);
    }
    return taken;
  }
}
