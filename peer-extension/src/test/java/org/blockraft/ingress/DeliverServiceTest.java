package org.blockraft.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.blockraft.dispatch.AnnouncedHeights;
import org.blockraft.identity.AccessDenied;
import org.blockraft.identity.MspManager;
import org.blockraft.identity.TestOrg;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.common.Status;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;
import org.hyperledger.fabric.protos.orderer.SeekInfo;
import org.hyperledger.fabric.protos.orderer.SeekNewest;
import org.hyperledger.fabric.protos.orderer.SeekNextCommit;
import org.hyperledger.fabric.protos.orderer.SeekOldest;
import org.hyperledger.fabric.protos.orderer.SeekPosition;
import org.hyperledger.fabric.protos.orderer.SeekSpecified;
import org.hyperledger.fabric.protos.peer.DeliverGrpc;
import org.hyperledger.fabric.protos.peer.DeliverResponse;
import org.hyperledger.fabric.protos.peer.FilteredTransaction;
import org.hyperledger.fabric.protos.peer.TxValidationCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DeliverServiceTest {
  private static final TestOrg ORG = new TestOrg("Org1MSP");
  private static final TestOrg.Member CLIENT = ORG.client();
  private static final Duration WINDOW = Duration.ofMinutes(15);

  private final ScriptedChannel channel =
      new ScriptedChannel(TestBlocks.CHANNEL, MspManager.of(List.of(ORG.msp())));
  private final AtomicBoolean denied = new AtomicBoolean();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final InstantSource clock = now::get;
  private DeliverService service;
  private LoopbackServer server;

  @BeforeEach
  void start() throws Exception {
    service = service(false);
    server = new LoopbackServer(ConcurrencyLimits.NONE, service);
    for (int i = 0; i < 5; i++) {
      channel.add(TestBlocks.block(i));
    }
  }

  private DeliverService service(boolean mutualTls) {
    return new DeliverService(
        new OneChannel(channel),
        (resource, channelId, data) -> {
          if (denied.get()) {
            throw new AccessDenied("no");
          }
        },
        new DeliverSettings(WINDOW, mutualTls),
        new AnnouncedHeights(),
        new org.blockraft.operations.FabricMeterRegistry(),
        clock);
  }

  @AfterEach
  void stop() {
    server.close();
    service.close();
  }

  /** A deliver stream of a client. */
  private static final class Stream implements StreamObserver<DeliverResponse> {
    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    StreamObserver<Envelope> requests;

    @Override
    public void onNext(DeliverResponse response) {
      received.add(response);
    }

    @Override
    public void onError(Throwable failure) {
      received.add(failure);
    }

    @Override
    public void onCompleted() {
      received.add("end");
    }

    Object next() throws InterruptedException {
      Object next = received.poll(20, TimeUnit.SECONDS);
      assertTrue(next != null, "nothing was received in time");
      return next;
    }

    void expectBlocks(long first, long last) throws InterruptedException {
      for (long number = first; number <= last; number++) {
        DeliverResponse response = (DeliverResponse) next();
        assertEquals(number, response.getBlock().getHeader().getNumber());
      }
    }

    void expectStatus(Status status) throws InterruptedException {
      assertEquals(DeliverResponse.newBuilder().setStatus(status).build(), next());
      if (status != Status.SUCCESS) {
        assertEquals("end", next());
      }
    }
  }

  private Stream open(Envelope first) {
    Stream stream = new Stream();
    stream.requests = DeliverGrpc.newStub(server.connection).deliver(stream);
    stream.requests.onNext(first);
    return stream;
  }

  private static SeekPosition oldest() {
    return SeekPosition.newBuilder().setOldest(SeekOldest.getDefaultInstance()).build();
  }

  private static SeekPosition newest() {
    return SeekPosition.newBuilder().setNewest(SeekNewest.getDefaultInstance()).build();
  }

  private static SeekPosition at(long number) {
    return SeekPosition.newBuilder()
        .setSpecified(SeekSpecified.newBuilder().setNumber(number))
        .build();
  }

  private static SeekInfo seek(SeekPosition start, SeekPosition stop) {
    return SeekInfo.newBuilder().setStart(start).setStop(stop).build();
  }

  private Envelope request(SeekInfo seek) {
    return request(TestBlocks.CHANNEL, now.get(), seek.toByteString());
  }

  private static Envelope request(String channelId, Instant time, ByteString seek) {
    ChannelHeader.Builder channelHeader = ChannelHeader.newBuilder().setChannelId(channelId);
    if (time != null) {
      channelHeader.setTimestamp(
          Timestamp.newBuilder().setSeconds(time.getEpochSecond()).setNanos(time.getNano()));
    }
    SignatureHeader signatureHeader =
        SignatureHeader.newBuilder().setCreator(CLIENT.serialized()).build();
    ByteString payload =
        Payload.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(channelHeader.build().toByteString())
                    .setSignatureHeader(signatureHeader.toByteString()))
            .setData(seek)
            .build()
            .toByteString();
    return Envelope.newBuilder().setPayload(payload).setSignature(CLIENT.sign(payload)).build();
  }

  @Test
  void oneStreamServesSeveralRequests() throws Exception {
    Stream stream = open(request(seek(oldest(), newest())));
    stream.expectBlocks(0, 4);
    stream.expectStatus(Status.SUCCESS);
    stream.requests.onNext(request(seek(at(1), at(2))));
    stream.expectBlocks(1, 2);
    stream.expectStatus(Status.SUCCESS);
    stream.requests.onNext(request(seek(newest(), newest())));
    stream.expectBlocks(4, 4);
    stream.expectStatus(Status.SUCCESS);
    stream.requests.onNext(request(seek(oldest(), oldest())));
    stream.expectBlocks(0, 0);
    stream.expectStatus(Status.SUCCESS);
    stream.requests.onCompleted();
    assertEquals("end", stream.next());
  }

  @Test
  void streamWaitsForBlocksToCome() throws Exception {
    Stream stream = open(request(seek(at(4), at(6))));
    stream.expectBlocks(4, 4);
    channel.add(TestBlocks.block(5));
    channel.add(TestBlocks.block(6));
    stream.expectBlocks(5, 6);
    stream.expectStatus(Status.SUCCESS);
  }

  @Test
  void nextCommitSkipsWhatIsThere() throws Exception {
    SeekPosition next =
        SeekPosition.newBuilder().setNextCommit(SeekNextCommit.getDefaultInstance()).build();
    Stream stream = open(request(seek(next, at(Long.MAX_VALUE))));
    Awaitility.await().until(() -> server.meters.scrape().contains("stream_messages_received{"));
    Awaitility.await().pollDelay(Duration.ofMillis(200)).until(() -> true);
    channel.add(TestBlocks.block(5));
    stream.expectBlocks(5, 5);
  }

  @Test
  void blockBeyondTheEndIsNotFoundWhenTheClientWillNotWait() throws Exception {
    SeekInfo seek =
        seek(at(4), at(7)).toBuilder().setBehavior(SeekInfo.SeekBehavior.FAIL_IF_NOT_READY).build();
    Stream stream = open(request(seek));
    stream.expectBlocks(4, 4);
    stream.expectStatus(Status.NOT_FOUND);
    open(request(seek(at(6), at(7)))).expectStatus(Status.NOT_FOUND);
  }

  @Test
  void badRequestsAreRefused() throws Exception {
    open(request(SeekInfo.newBuilder().setStart(oldest()).build()))
        .expectStatus(Status.BAD_REQUEST);
    open(request(seek(at(3), at(2)))).expectStatus(Status.BAD_REQUEST);
    ByteString seek = seek(oldest(), newest()).toByteString();
    open(request(TestBlocks.CHANNEL, null, seek)).expectStatus(Status.BAD_REQUEST);
    open(request(TestBlocks.CHANNEL, now.get().minus(WINDOW.plusSeconds(1)), seek))
        .expectStatus(Status.BAD_REQUEST);
    open(request(TestBlocks.CHANNEL, now.get(), ByteString.copyFromUtf8("\n\u00ff")))
        .expectStatus(Status.BAD_REQUEST);
    open(Envelope.newBuilder().setPayload(ByteString.copyFromUtf8("junk")).build())
        .expectStatus(Status.BAD_REQUEST);
    open(Envelope.getDefaultInstance()).expectStatus(Status.BAD_REQUEST);
    open(request("nochannel", now.get(), seek)).expectStatus(Status.NOT_FOUND);
    open(request(seek(SeekPosition.getDefaultInstance(), at(3)))).expectStatus(Status.NOT_FOUND);
  }

  @Test
  void accessIsDecidedAgainWhenTheConfigurationChanges() throws Exception {
    Stream stream = open(request(seek(oldest(), at(Long.MAX_VALUE))));
    stream.expectBlocks(0, 4);
    denied.set(true);
    channel.add(TestBlocks.block(5));
    stream.expectBlocks(5, 5);
    channel.configChanged();
    channel.add(TestBlocks.block(6));
    stream.expectStatus(Status.FORBIDDEN);
    open(request(seek(oldest(), newest()))).expectStatus(Status.FORBIDDEN);
  }

  @Test
  void sessionEndsWithTheCertificate() throws Exception {
    Stream stream = open(request(seek(oldest(), at(Long.MAX_VALUE))));
    stream.expectBlocks(0, 4);
    Instant end = CLIENT.credential().certificate().getNotAfter().toInstant();
    now.set(end.plusSeconds(1));
    channel.add(TestBlocks.block(5));
    stream.expectStatus(Status.FORBIDDEN);
  }

  @Test
  void filteredBlocksHaveNoPayloads() throws Exception {
    List<ByteString> txs =
        List.of(TestBlocks.transaction("good", "mycc"), TestBlocks.transaction("bad", "mycc"));
    channel.add(
        TestBlocks.block(5, txs, TxValidationCode.VALID, TxValidationCode.MVCC_READ_CONFLICT));
    Stream stream = new Stream();
    stream.requests = DeliverGrpc.newStub(server.connection).deliverFiltered(stream);
    stream.requests.onNext(request(seek(newest(), newest())));
    var filtered = ((DeliverResponse) stream.next()).getFilteredBlock();
    assertEquals(5, filtered.getNumber());
    assertEquals(TestBlocks.CHANNEL, filtered.getChannelId());
    FilteredTransaction second = filtered.getFilteredTransactions(1);
    assertEquals("bad", second.getTxid());
    assertEquals(TxValidationCode.MVCC_READ_CONFLICT, second.getTxValidationCode());
    var event = second.getTransactionActions().getChaincodeActions(0).getChaincodeEvent();
    assertEquals("event-bad", event.getEventName());
    assertTrue(event.getPayload().isEmpty());
  }

  @Test
  void malformedTransactionSpoilsItsFilteredBlockOnly() throws Exception {
    ByteString bad =
        TestBlocks.envelope(
            ChannelHeader.newBuilder().setType(3).setChannelId(TestBlocks.CHANNEL).build(),
            ByteString.copyFromUtf8("\n\u00ff"));
    channel.add(TestBlocks.block(5, List.of(bad), TxValidationCode.BAD_PAYLOAD));
    channel.add(TestBlocks.block(6));
    Stream stream = new Stream();
    stream.requests = DeliverGrpc.newStub(server.connection).deliverFiltered(stream);
    stream.requests.onNext(request(seek(at(5), at(6))));
    assertEquals(Status.BAD_REQUEST, ((DeliverResponse) stream.next()).getStatus());
    assertEquals(6, ((DeliverResponse) stream.next()).getFilteredBlock().getNumber());
    stream.expectStatus(Status.SUCCESS);
  }

  @Test
  void privateDataComesWithTheBlock() throws Exception {
    channel.privateData = java.util.Map.of(0L, TxPvtReadWriteSet.getDefaultInstance());
    Stream stream = new Stream();
    stream.requests = DeliverGrpc.newStub(server.connection).deliverWithPrivateData(stream);
    stream.requests.onNext(request(seek(newest(), newest())));
    var both = ((DeliverResponse) stream.next()).getBlockAndPrivateData();
    assertEquals(4, both.getBlock().getHeader().getNumber());
    assertTrue(both.containsPrivateDataMap(0));
  }

  @Test
  void clientThatLeavesWhileABlockIsAwaitedCountsAsUnknown() throws Exception {
    Stream stream = new Stream();
    var context = io.grpc.Context.current().withCancellation();
    context.run(
        () -> {
          stream.requests = DeliverGrpc.newStub(server.connection).deliverFiltered(stream);
          stream.requests.onNext(request(seek(at(4), at(9))));
        });
    assertEquals(4, ((DeliverResponse) stream.next()).getFilteredBlock().getNumber());
    context.cancel(null);
    String labels = "{code=\"Unknown\",method=\"DeliverFiltered\",service=\"protos_Deliver\"} 1";
    Awaitility.await()
        .until(
            () ->
                server
                    .meters
                    .scrape()
                    .contains("grpc_server_stream_request_duration_count" + labels));
    String metrics = server.meters.scrape();
    assertTrue(metrics.contains("# TYPE grpc_server_stream_request_duration histogram"));
    String sent = "{method=\"DeliverFiltered\",service=\"protos_Deliver\"} 1";
    assertTrue(metrics.contains("grpc_server_stream_messages_sent" + sent), metrics);
    assertTrue(metrics.contains("grpc_server_stream_messages_received" + sent), metrics);
  }

  @Test
  void requestMustBindTheTlsCertificateWhenClientsMustHaveOne() throws Exception {
    server.close();
    service.close();
    service = service(true);
    server = new LoopbackServer(ConcurrencyLimits.NONE, service);
    open(request(seek(oldest(), newest()))).expectStatus(Status.BAD_REQUEST);
    assertFalse(server.connection.isShutdown());
  }
}
