package org.blockraft.coordination;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.Channel;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members of etcd, one channel each. Thread-safe.
 *
 * <p>All requests go to one of them as long as it answers. One that refuses is followed by the next
 * within the same deadline; one that is silent loses its place, so that the next request goes
 * elsewhere, and its watches are broken, since they are silent too. A token of the user is fetched
 * when there is none or etcd takes it no more.
 */
final class EtcdEndpoints {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdEndpoints.class);

  /** The token may be refused once; a fresh one that is refused as well is an error. */
  private static final int AUTHENTICATIONS_PER_CALL = 1;

  /**
   * etcd spends a tenth of a second of a processor on a password on purpose. On a busy machine that
   * outlasts a request; the token is kept all the same, so that the next request has it.
   */
  private static final Duration AUTHENTICATION_TIMEOUT = Duration.ofSeconds(5);

  /** In etcd's errors: the token is gone, was never sent, or users changed since. */
  private static final List<String> TOKEN_TROUBLES =
      List.of("invalid auth token", "user name is empty", "revision of auth store is old");

  private final List<EtcdEndpoint> endpoints;
  private final Optional<EtcdUser> user;
  private final Duration timeout;
  private final AtomicInteger current = new AtomicInteger();
  private volatile String token;

  private EtcdEndpoints(List<EtcdEndpoint> endpoints, Optional<EtcdUser> user, Duration timeout) {
    this.endpoints = endpoints;
    this.user = user;
    this.timeout = timeout;
  }

  static EtcdEndpoints open(EtcdSettings settings) {
    return new EtcdEndpoints(
        EtcdEndpoint.open(settings), settings.user(), settings.requestTimeout());
  }

  EtcdEndpoint current() {
    return endpoints.get(current.get());
  }

  /** A channel to the present endpoint for a stream without deadline. */
  Channel streaming(EtcdEndpoint endpoint) {
    return endpoint.channel(null, token);
  }

  /**
   * @param method sends the request; the first answer counts
   */
  <R> CompletableFuture<R> call(BiConsumer<Channel, StreamObserver<R>> method) {
    Call<R> call = new Call<>(method, Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS));
    if (user.isPresent() && token == null) {
      call.authenticate(user.get());
    } else {
      call.attempt();
    }
    return call.answer;
  }

  void close() {
    endpoints.forEach(EtcdEndpoint::close);
  }

  private void leave(EtcdEndpoint endpoint, Status why) {
    int index = endpoints.indexOf(endpoint);
    if (endpoints.size() > 1 && current.compareAndSet(index, (index + 1) % endpoints.size())) {
      LOG.info("Leaving etcd at {} for {}: {}", endpoint, current(), why);
    }
    endpoint.failed(why);
  }

  /** One request, on its way through endpoints and authentication. */
  private final class Call<R> {
    private final BiConsumer<Channel, StreamObserver<R>> method;
    private final Deadline deadline;
    private final CompletableFuture<R> answer = new CompletableFuture<>();
    private int refusals;
    private int authentications;

    private Call(BiConsumer<Channel, StreamObserver<R>> method, Deadline deadline) {
      this.method = method;
      this.deadline = deadline;
    }

    private void attempt() {
      EtcdEndpoint endpoint = current();
      method.accept(
          endpoint.channel(deadline, token),
          new FirstAnswer<>(
              result -> {
                endpoint.answered();
                answer.complete(result);
              },
              status -> failed(endpoint, status)));
    }

    private void authenticate(EtcdUser who) {
      authentications++;
      EtcdEndpoint endpoint = current();
      AuthenticateRequest request =
          AuthenticateRequest.newBuilder().setName(who.name()).setPassword(who.password()).build();
      Deadline patience = Deadline.after(AUTHENTICATION_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
      AuthGrpc.newStub(endpoint.channel(patience, null))
          .authenticate(
              request,
              new FirstAnswer<AuthenticateResponse>(
                  response -> {
                    token = response.getToken();
                    attempt();
                  },
                  status -> {
                    if (status.getCode() == Status.Code.FAILED_PRECONDITION) {
                      LOG.debug("etcd wants no user: {}", status.getDescription());
                      attempt();
                    } else {
                      failed(endpoint, status);
                    }
                  }));
    }

    private void failed(EtcdEndpoint endpoint, Status status) {
      if (isAboutToken(status) && user.isPresent() && authentications < AUTHENTICATIONS_PER_CALL) {
        authenticate(user.get());
        return;
      }
      Status.Code code = status.getCode();
      if (code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED) {
        leave(endpoint, status);
      }
      if (code == Status.Code.UNAVAILABLE
          && ++refusals < endpoints.size()
          && !deadline.isExpired()) {
        attempt();
        return;
      }
      answer.completeExceptionally(
          new CoordinationException(
              "etcd at " + endpoint + ": " + code + " " + status.getDescription(),
              status.asRuntimeException()));
    }

    private boolean isAboutToken(Status status) {
      if (status.getCode() == Status.Code.UNAUTHENTICATED) {
        return true;
      }
      String text = String.valueOf(status.getDescription());
      return TOKEN_TROUBLES.stream().anyMatch(text::contains);
    }
  }
}
