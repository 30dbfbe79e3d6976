package org.blockraft.coordination;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.blockraft.coordination.EtcdPort.Change;
import org.blockraft.coordination.EtcdPort.WatchListener;

/**
 * One watch on a stream of its own, never resumed: whatever happens to it, it is broken once, and
 * who wants it back reads first. Thread-safe.
 */
final class EtcdWatch implements EtcdPort.Watch, StreamObserver<WatchResponse> {
  private static final Metadata.Key<String> HAS_LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

  private final EtcdEndpoint endpoint;
  private final WatchListener listener;
  private final AtomicBoolean over = new AtomicBoolean();

  private volatile StreamObserver<WatchRequest> requests;

  private EtcdWatch(EtcdEndpoint endpoint, WatchListener listener) {
    this.endpoint = endpoint;
    this.listener = listener;
  }

  static EtcdWatch open(
      EtcdEndpoints endpoints, String prefix, long fromRevision, WatchListener listener) {
    EtcdEndpoint endpoint = endpoints.current();
    EtcdWatch watch = new EtcdWatch(endpoint, listener);
    endpoint.add(watch);
    // A member that has lost its leader would be silent for ever; so it ends the stream.
    Metadata requireLeader = new Metadata();
    requireLeader.put(HAS_LEADER, "true");
    StreamObserver<WatchRequest> stream =
        WatchGrpc.newStub(endpoints.streaming(endpoint))
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(requireLeader))
            .watch(watch);
    watch.requests = stream;
    stream.onNext(
        WatchRequest.newBuilder()
            .setCreateRequest(
                WatchCreateRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(prefix))
                    .setRangeEnd(JetcdPort.endOf(prefix))
                    .setStartRevision(fromRevision))
            .build());
    return watch;
  }

  @Override
  public void onNext(WatchResponse response) {
    if (over.get()) {
      return;
    }
    if (response.getCanceled()) {
      breakOff(
          Status.ABORTED.withDescription(
              response.getCompactRevision() > 0
                  ? "compacted up to revision " + response.getCompactRevision()
                  : response.getCancelReason()));
      return;
    }
    List<Change> changes = new ArrayList<>(response.getEventsCount());
    for (Event event : response.getEventsList()) {
      changes.add(
          new Change(JetcdPort.entry(event.getKv()), event.getType() == Event.EventType.DELETE));
    }
    if (!changes.isEmpty()) {
      listener.changed(changes.getLast().entry().modRevision(), changes);
    }
  }

  @Override
  public void onError(Throwable error) {
    breakOff(Status.fromThrowable(error));
  }

  @Override
  public void onCompleted() {
    breakOff(Status.UNAVAILABLE.withDescription("etcd ended the watch"));
  }

  void breakOff(Status why) {
    if (end()) {
      listener.broken(
          new CoordinationException(
              "etcd at " + endpoint + ": " + why.getCode() + " " + why.getDescription()));
    }
  }

  @Override
  public void close() {
    end();
  }

  private boolean end() {
    boolean first = over.compareAndSet(false, true);
    if (first) {
      endpoint.remove(this);
      StreamObserver<WatchRequest> stream = requests;
      if (stream != null) {
        stream.onError(Status.CANCELLED.withDescription("watch closed").asRuntimeException());
      }
    }
    return first;
  }
}
