package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.blockraft.identity.Malformed;
import org.blockraft.identity.SignedData;
import org.blockraft.ingress.wire.Key;
import org.blockraft.ingress.wire.ProveRequest;
import org.blockraft.ingress.wire.ProveResponse;
import org.blockraft.ingress.wire.SignedRequest;
import org.blockraft.ingress.wire.SignedRoot;
import org.blockraft.merkle.ChangeSet;
import org.blockraft.merkle.MerkleException;
import org.blockraft.merkle.ProvedState;
import org.blockraft.state.StateKey;

/**
 * Values of the state with proofs, under a root that this peer signs. Not a service of Fabric.
 *
 * <p>Who asks must be allowed {@code qscc/GetBlockByNumber}, by default the channel's application
 * readers: all that an answer says stands in blocks. What does not, private data, has no proofs.
 *
 * <p>Invariant: what is signed has been announced to clients, so no failover takes it back, and the
 * proofs have been checked against the values that go with them. A node whose state is not that of
 * the others signs nothing.
 */
public final class StateProofService implements BindableService {
  private static final String SERVICE = "blockraft.state.v1.StateProof";

  /** The one method of the service. */
  public static final MethodDescriptor<SignedRequest, ProveResponse> PROVE =
      MethodDescriptor.<SignedRequest, ProveResponse>newBuilder(
              ProtoUtils.marshaller(SignedRequest.getDefaultInstance()),
              ProtoUtils.marshaller(ProveResponse.getDefaultInstance()))
          .setType(MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Prove"))
          .build();

  private static final String RESOURCE = "qscc/GetBlockByNumber";

  private final StateProofLimits limits;
  private final ServedChannels channels;
  private final AccessCheck access;
  private final ByteString signer;
  private final UnaryOperator<ByteString> sign;
  private final Duration timeWindow;
  private final InstantSource clock;
  private final Predicate<String> trusted;
  private final Semaphore permits;

  /**
   * @param signer this peer's serialized identity
   * @param sign as this peer
   * @param timeWindow {@code peer.authentication.timewindow}: how far a request's timestamp may be
   *     from our clock
   * @param trusted whether this node's state of a channel is that of the cluster's other nodes, as
   *     far as is known; else nothing is signed
   */
  public StateProofService(
      StateProofLimits limits,
      ServedChannels channels,
      AccessCheck access,
      ByteString signer,
      UnaryOperator<ByteString> sign,
      Duration timeWindow,
      Predicate<String> trusted,
      InstantSource clock) {
    this.limits = limits;
    this.channels = channels;
    this.access = access;
    this.signer = signer;
    this.sign = sign;
    this.timeWindow = timeWindow;
    this.trusted = trusted;
    this.clock = clock;
    this.permits = new Semaphore(limits.callsMax());
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(SERVICE)
        .addMethod(
            PROVE,
            ServerCalls.asyncUnaryCall(
                (request, responses) -> UnaryCalls.answer(responses, () -> prove(request))))
        .build();
  }

  private ProveResponse prove(SignedRequest signed) throws InterruptedException {
    ProveRequest request = parse(signed);
    check(request, signed);
    List<StateKey> keys = request.getKeysList().stream().map(StateProofService::key).toList();
    ServedChannel channel =
        channels
            .channel(request.getChannel())
            .orElseThrow(
                () ->
                    error(
                        Code.NOT_FOUND,
                        "channel %s is not joined".formatted(request.getChannel())));
    if (!permits.tryAcquire(limits.permitWait().toMillis(), TimeUnit.MILLISECONDS)) {
      throw error(
          Code.RESOURCE_EXHAUSTED,
          "%d proofs are under way; try again".formatted(limits.callsMax()));
    }
    try {
      return signed(channel, await(channel, keys));
    } finally {
      permits.release();
    }
  }

  private ProveRequest parse(SignedRequest signed) {
    ProveRequest request;
    try {
      request = ProveRequest.parseFrom(signed.getRequest());
    } catch (InvalidProtocolBufferException e) {
      throw error(Code.INVALID_ARGUMENT, "invalid request: %s".formatted(Malformed.text(e)));
    }
    require(!request.getIdentity().isEmpty(), "no identity provided");
    require(!request.getChannel().isEmpty(), "no channel provided");
    require(request.getKeysCount() > 0, "no keys provided");
    if (request.getKeysCount() > limits.keysMax()) {
      throw error(
          Code.INVALID_ARGUMENT,
          "%d keys are too many, at most %d may be asked for at once"
              .formatted(request.getKeysCount(), limits.keysMax()));
    }
    for (Key key : request.getKeysList()) {
      if (!ChangeSet.isInTree(key.getNamespace())) {
        throw error(
            Code.INVALID_ARGUMENT,
            "there are no proofs of private data (%s), only of its hashes"
                .formatted(key.getNamespace()));
      }
    }
    return request;
  }

  private void check(ProveRequest request, SignedRequest signed) {
    Instant now = clock.instant();
    long signedAt = request.getTimestamp().getSeconds();
    if (signedAt < now.minus(timeWindow).getEpochSecond()
        || signedAt > now.plus(timeWindow).getEpochSecond()) {
      throw error(
          Code.PERMISSION_DENIED,
          "the request's timestamp is more than %d s from the peer's clock"
              .formatted(timeWindow.toSeconds()));
    }
    Optional<Instant> end = IdentityExpiry.of(request.getIdentity());
    if (end.isPresent() && now.isAfter(end.get())) {
      throw error(Code.PERMISSION_DENIED, "client identity expired at %s".formatted(end.get()));
    }
    try {
      access.check(
          RESOURCE,
          request.getChannel(),
          new SignedData(signed.getRequest(), request.getIdentity(), signed.getSignature()));
    } catch (RuntimeException e) {
      throw error(Code.PERMISSION_DENIED, e.getMessage());
    }
  }

  private static StateKey key(Key key) {
    return new StateKey(key.getNamespace(), key.getKey().toByteArray());
  }

  private ProvedState await(ServedChannel channel, List<StateKey> keys)
      throws InterruptedException {
    try {
      CompletableFuture<ProvedState> proved =
          channel
              .prove(keys)
              .orElseThrow(
                  () ->
                      error(
                          Code.FAILED_PRECONDITION,
                          "this peer keeps no Merkle tree (blockraft.merkle.enabled)"));
      return CallDeadline.await(
          proved.orTimeout(limits.answerWait().toMillis(), TimeUnit.MILLISECONDS));
    } catch (CallDeadline.Over e) {
      throw error(e.isDeadline() ? Code.DEADLINE_EXCEEDED : Code.CANCELLED, e.getMessage());
    } catch (MerkleException e) {
      throw error(Code.UNAVAILABLE, e.getMessage());
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case MerkleException stopped -> error(Code.UNAVAILABLE, stopped.getMessage());
        case TimeoutException _ ->
            error(Code.UNAVAILABLE, "the tree of %s is behind its state".formatted(channel.id()));
        default -> StatusMapper.map(e);
      };
    }
  }

  private ProveResponse signed(ServedChannel channel, ProvedState proved)
      throws InterruptedException {
    if (proved.height() == 0) {
      throw error(Code.UNAVAILABLE, "%s has no blocks yet".formatted(channel.id()));
    }
    ByteString blockHash =
        channel
            .blockHash(proved.height() - 1, limits.answerWait())
            .orElseThrow(
                () ->
                    error(
                        Code.UNAVAILABLE,
                        "block %d of %s is not announced yet"
                            .formatted(proved.height() - 1, channel.id())));
    var answer = ProofMessages.answer(channel.id(), proved, blockHash, limits.answerBytesMax());
    if (!trusted.test(channel.id())) {
      throw error(
          Code.UNAVAILABLE,
          "the state of %s is in doubt on this node, and is not signed".formatted(channel.id()));
    }
    SignedRoot root = answer.getRoot().toBuilder().setSigner(signer).build();
    ByteString signature = sign.apply(SignedRoots.bytes(root));
    return answer.toBuilder().setRoot(root.toBuilder().setSignature(signature)).build();
  }

  private static void require(boolean condition, String text) {
    if (!condition) {
      throw error(Code.INVALID_ARGUMENT, text);
    }
  }

  static StatusRuntimeException error(Code code, String text) {
    return code.toStatus().withDescription(text).asRuntimeException();
  }
}
