package org.blockraft.ingress;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.blockraft.dispatch.AnnouncedHeights;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.peer.DeliverGrpc;
import org.hyperledger.fabric.protos.peer.DeliverResponse;

/**
 * Streams of committed blocks. Each stream has a virtual thread, which ends with the stream.
 *
 * <p>Fabric source: core/peer/deliverevents.go.
 */
public final class DeliverService extends DeliverGrpc.DeliverImplBase implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ServedChannels channels;
  private final AccessCheck access;
  private final DeliverSettings settings;
  private final DeliverMetrics metrics;
  private final AnnouncedHeights announced;
  private final InstantSource clock;

  public DeliverService(
      ServedChannels channels,
      AccessCheck access,
      DeliverSettings settings,
      AnnouncedHeights announced,
      MeterRegistry meters,
      InstantSource clock) {
    this.channels = channels;
    this.access = access;
    this.settings = settings;
    this.announced = announced;
    this.metrics = new DeliverMetrics(meters);
    this.clock = clock;
  }

  @Override
  public StreamObserver<Envelope> deliver(StreamObserver<DeliverResponse> responses) {
    return serve(responses, DeliverKind.BLOCK);
  }

  @Override
  public StreamObserver<Envelope> deliverFiltered(StreamObserver<DeliverResponse> responses) {
    return serve(responses, DeliverKind.FILTERED);
  }

  @Override
  public StreamObserver<Envelope> deliverWithPrivateData(
      StreamObserver<DeliverResponse> responses) {
    return serve(responses, DeliverKind.PRIVATE);
  }

  private StreamObserver<Envelope> serve(
      StreamObserver<DeliverResponse> responses, DeliverKind kind) {
    var stream =
        new BlockingStream<Envelope, DeliverResponse>(
            (ServerCallStreamObserver<DeliverResponse>) responses);
    DeliverSession session =
        new DeliverSession(
            kind,
            stream,
            CallPeer.current(),
            channels,
            access,
            settings,
            announced,
            metrics,
            clock);
    threads.execute(Context.current().wrap(session));
    return stream.requests();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
