package org.blockraft.coordination;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * etcd over gRPC, with jetcd's messages and stubs. Thread-safe.
 *
 * <p>jetcd's own client is left out: it retries with pauses of its own, resumes some streams and
 * not others, tells the end of a lease a second late, and brings a second Netty. Here each request
 * has a deadline and goes to the endpoint that answered last; see {@link EtcdEndpoints}.
 */
final class JetcdPort implements EtcdPort {
  private final EtcdEndpoints endpoints;

  private JetcdPort(EtcdEndpoints endpoints) {
    this.endpoints = endpoints;
  }

  /** Connects when there is something to ask; fails only if the TLS files cannot be read. */
  static JetcdPort open(EtcdSettings settings) {
    return new JetcdPort(EtcdEndpoints.open(settings));
  }

  @Override
  public CompletableFuture<Snapshot> read(String prefix) {
    RangeRequest request =
        RangeRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(prefix))
            .setRangeEnd(endOf(prefix))
            .build();
    return endpoints
        .<RangeResponse>call((channel, answer) -> KVGrpc.newStub(channel).range(request, answer))
        .thenApply(
            response ->
                new Snapshot(response.getHeader().getRevision(), entries(response.getKvsList())));
  }

  /** The first key after all that start with the prefix. */
  static ByteString endOf(String prefix) {
    byte[] end = ClusterKeys.text(prefix);
    end[end.length - 1]++;
    return ByteString.copyFrom(end);
  }

  private static List<Entry> entries(List<KeyValue> keyValues) {
    List<Entry> entries = new ArrayList<>(keyValues.size());
    for (KeyValue keyValue : keyValues) {
      entries.add(entry(keyValue));
    }
    return entries;
  }

  static Entry entry(KeyValue keyValue) {
    return new Entry(
        keyValue.getKey().toStringUtf8(),
        keyValue.getValue().toByteArray(),
        keyValue.getCreateRevision(),
        keyValue.getModRevision(),
        keyValue.getLease());
  }

  @Override
  public CompletableFuture<Outcome> commit(Transaction transaction) {
    TxnRequest.Builder request = TxnRequest.newBuilder();
    transaction.conditions().forEach(condition -> request.addCompare(compare(condition)));
    transaction.effects().forEach(effect -> request.addSuccess(operation(effect)));
    for (String key : transaction.reads()) {
      request.addFailure(
          RequestOp.newBuilder()
              .setRequestRange(
                  RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build()));
    }
    TxnRequest built = request.build();
    return endpoints
        .<TxnResponse>call((channel, answer) -> KVGrpc.newStub(channel).txn(built, answer))
        .thenApply(JetcdPort::outcome);
  }

  private static Compare compare(Condition condition) {
    return switch (condition) {
      case Condition.CreatedAt(String key, long revision) ->
          Compare.newBuilder()
              .setKey(ByteString.copyFromUtf8(key))
              .setTarget(Compare.CompareTarget.CREATE)
              .setResult(Compare.CompareResult.EQUAL)
              .setCreateRevision(revision)
              .build();
      case Condition.HasValue(String key, byte[] value) ->
          Compare.newBuilder()
              .setKey(ByteString.copyFromUtf8(key))
              .setTarget(Compare.CompareTarget.VALUE)
              .setResult(Compare.CompareResult.EQUAL)
              .setValue(ByteString.copyFrom(value))
              .build();
    };
  }

  private static RequestOp operation(Effect effect) {
    return switch (effect) {
      case Effect.Put(String key, byte[] value, long lease) ->
          RequestOp.newBuilder()
              .setRequestPut(
                  PutRequest.newBuilder()
                      .setKey(ByteString.copyFromUtf8(key))
                      .setValue(ByteString.copyFrom(value))
                      .setLease(lease))
              .build();
      case Effect.Delete(String key) ->
          RequestOp.newBuilder()
              .setRequestDeleteRange(
                  DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
              .build();
    };
  }

  private static Outcome outcome(TxnResponse response) {
    List<Optional<Entry>> reads = new ArrayList<>();
    if (!response.getSucceeded()) {
      response
          .getResponsesList()
          .forEach(
              operation -> {
                RangeResponse range = operation.getResponseRange();
                reads.add(entries(range.getKvsList()).stream().findFirst());
              });
    }
    return new Outcome(response.getSucceeded(), response.getHeader().getRevision(), reads);
  }

  @Override
  public CompletableFuture<Grant> grant(Duration ttl) {
    LeaseGrantRequest request = LeaseGrantRequest.newBuilder().setTTL(ttl.toSeconds()).build();
    return endpoints
        .<LeaseGrantResponse>call(
            (channel, answer) -> LeaseGrpc.newStub(channel).leaseGrant(request, answer))
        .thenApply(response -> new Grant(response.getID(), Duration.ofSeconds(response.getTTL())));
  }

  @Override
  public CompletableFuture<Duration> keepAlive(long lease) {
    LeaseKeepAliveRequest request = LeaseKeepAliveRequest.newBuilder().setID(lease).build();
    return endpoints
        .<LeaseKeepAliveResponse>call(
            (channel, answer) -> {
              var requests = LeaseGrpc.newStub(channel).leaseKeepAlive(answer);
              requests.onNext(request);
              requests.onCompleted();
            })
        .thenApply(response -> Duration.ofSeconds(response.getTTL()));
  }

  @Override
  public CompletableFuture<Void> revoke(long lease) {
    LeaseRevokeRequest request = LeaseRevokeRequest.newBuilder().setID(lease).build();
    return endpoints
        .<LeaseRevokeResponse>call(
            (channel, answer) -> LeaseGrpc.newStub(channel).leaseRevoke(request, answer))
        .handle(
            (response, error) -> {
              if (error == null || Status.fromThrowable(error).getCode() == Status.Code.NOT_FOUND) {
                return null;
              }
              throw EtcdCalls.of(error);
            });
  }

  @Override
  public Watch watch(String prefix, long fromRevision, WatchListener listener) {
    return EtcdWatch.open(endpoints, prefix, fromRevision, listener);
  }

  @Override
  public void close() {
    endpoints.close();
  }
}
