package org.blockraft.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.blockraft.identity.Identity;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.TlsCredentials;
import org.blockraft.identity.TlsTrust;
import org.blockraft.ingress.StateProofService;
import org.blockraft.ingress.wire.Key;
import org.blockraft.ingress.wire.ProveRequest;
import org.blockraft.ingress.wire.ProveResponse;
import org.blockraft.ingress.wire.SignedRequest;

/**
 * Asks a peer for proofs. Reads what stock's client commands read: {@code peer.address}, {@code
 * peer.tls}, {@code peer.localMspId} and {@code peer.mspConfigPath}, with {@code CORE_*}.
 */
final class StateProofClient {
  /** As much as a peer sends, with room for what goes around it. */
  private static final int ANSWER_BYTES_MAX = 100 << 20;

  /** The peer itself gives up before. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final CoreYaml yaml;
  private final LocalMsp msp;
  private final InstantSource clock;

  StateProofClient(CoreYaml yaml, InstantSource clock) {
    this.yaml = yaml;
    this.clock = clock;
    this.msp =
        LocalMsp.load(
            yaml.requiredPath("peer.mspConfigPath"),
            yaml.text("peer.localMspId", "SampleOrg"),
            clock);
  }

  /**
   * What the peer says; not checked.
   *
   * @throws ProofRefused with the peer's reason if it says nothing
   */
  ProveResponse prove(String channel, List<Key> keys) {
    Instant now = clock.instant();
    ByteString request =
        ProveRequest.newBuilder()
            .setIdentity(msp.signer().serialized())
            .setTimestamp(
                Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
            .setChannel(channel)
            .addAllKeys(keys)
            .build()
            .toByteString();
    SignedRequest signed =
        SignedRequest.newBuilder()
            .setRequest(request)
            .setSignature(msp.signer().sign(request))
            .build();
    String address = yaml.text("peer.address", "");
    if (address.isEmpty()) {
      throw new ConfigurationException("peer.address isn't set");
    }
    ManagedChannel connection = connect(address);
    try {
      return ClientCalls.blockingUnaryCall(
          connection,
          StateProofService.PROVE,
          CallOptions.DEFAULT.withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS),
          signed);
    } catch (StatusRuntimeException e) {
      throw new ProofRefused("peer " + address + ": " + reason(e.getStatus()));
    } finally {
      connection.shutdownNow();
    }
  }

  /**
   * Refuses an answer that a peer of the user's own organization has not signed well; of other
   * organizations nothing is known here.
   */
  void requireOwnSignature(ProvedAnswer answer) {
    if (answer.signerMspId().equals(msp.msp().id())) {
      answer.requireSignature(
          serialized -> {
            Identity signer = msp.msp().deserialize(serialized);
            signer.validate();
            return signer;
          });
    }
  }

  private static String reason(Status status) {
    String text = status.getDescription();
    if (status.getCode() == Status.Code.UNIMPLEMENTED) {
      return "it gives no proofs of its state: it is no BlockRaFT peer, or an older one";
    }
    return status.getCode() + (text == null ? "" : ": " + text);
  }

  private ManagedChannel connect(String address) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget(address).maxInboundMessageSize(ANSWER_BYTES_MAX);
    if (!yaml.flag("peer.tls.enabled", false)) {
      return builder.usePlaintext().build();
    }
    String name = yaml.text("peer.tls.serverhostoverride", "");
    if (!name.isEmpty()) {
      builder.overrideAuthority(name);
    }
    Optional<TlsCredentials> own =
        yaml.flag("peer.tls.clientAuthRequired", false)
            ? Optional.of(
                TlsCredentials.load(
                    yaml.requiredPath("peer.tls.clientCert.file"),
                    yaml.requiredPath("peer.tls.clientKey.file")))
            : Optional.empty();
    ByteString root = read(yaml.requiredPath("peer.tls.rootcert.file"));
    return builder.sslContext(TlsTrust.client(List.of(root), own)).build();
  }

  static ByteString read(Path file) {
    try {
      return ByteString.copyFrom(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new ConfigurationException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
