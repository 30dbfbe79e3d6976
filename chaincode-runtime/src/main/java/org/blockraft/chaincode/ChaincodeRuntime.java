package org.blockraft.chaincode;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.hyperledger.fabric.protos.peer.ChaincodeEvent;
import org.hyperledger.fabric.protos.peer.ChaincodeInput;
import org.hyperledger.fabric.protos.peer.ChaincodeMessage;
import org.hyperledger.fabric.protos.peer.Response;

/**
 * Installs, builds, launches and executes chaincode. {@link #execute} blocks its caller, who should
 * be a virtual thread; all methods are safe for use by many threads. Failures are {@link
 * ChaincodeException}s with stock's texts. Fabric: core/chaincode/chaincode_support.go.
 */
public final class ChaincodeRuntime implements AutoCloseable {
  /**
   * The key in a chaincode's namespace that holds the version that was initialized; U+10FFFF sorts
   * last.
   */
  public static final String INITIALIZED_KEY = "\0\uDBFF\uDFFFinitialized";

  private final RuntimeSettings settings;
  private final ChaincodeBuilds builds;
  private final StreamRegistry registry;
  private final ChaincodeLauncher launcher;
  private final ChaincodeSupportService service;
  private final ChaincodeCustodian custodian;
  private final StreamFactory streams;
  private final Semaphore executions;

  /**
   * A runtime.
   *
   * @param certificates the certificates of chaincode that dials the peer; null without TLS
   */
  public ChaincodeRuntime(
      RuntimeSettings settings,
      PackageStore packages,
      BuilderRegistry builders,
      ChaincodeCertificates certificates,
      MeterRegistry meters) {
    this.settings = settings;
    this.executions = new Semaphore(settings.executionsMax());
    this.builds = new ChaincodeBuilds(packages, builders);
    this.registry = new StreamRegistry(settings.developmentMode());
    ShimMetrics metrics = new ShimMetrics(meters);
    ShimRequests requests =
        new ShimRequests(
            metrics,
            new QueryRequests(settings.totalQueryLimit()),
            new ChaincodeCalls(this::invoke));
    this.streams = new StreamFactory(settings, registry, metrics, requests);
    this.launcher =
        new ChaincodeLauncher(settings, builds, registry, streams, certificates, metrics);
    this.service = new ChaincodeSupportService(streams, certificates);
    this.custodian = new ChaincodeCustodian(this::build, this::launch, this::stop);
  }

  /**
   * Executes the transaction's chaincode: resolves its definition (reading it through the
   * simulator), checks the rules of initialization, launches it if it is not connected, and lets it
   * work on the simulator.
   *
   * @param input the arguments; whether it is an init is in {@code input.getIsInit()}
   * @return what the chaincode answered, whatever its status
   */
  public ChaincodeOutcome execute(TransactionContext tx, ChaincodeInput input) {
    ChaincodeMessage last;
    try {
      acquire();
      try {
        last = invoke(tx, input, Long.MAX_VALUE);
      } finally {
        executions.release();
      }
    } catch (RuntimeException e) {
      throw ChaincodeException.wrap("failed to execute transaction " + tx.txId(), e);
    }
    return outcome(tx, last);
  }

  /**
   * Takes a package in: parses, keeps and builds it.
   *
   * @throws ChaincodeException "could not parse as a chaincode install package: ...", "chaincode
   *     already successfully installed (package ID 'x')" or "could not build chaincode: ..."; a
   *     package that cannot be built is not kept
   */
  public InstalledPackage install(ByteString packageFile) {
    return builds.install(packageFile);
  }

  /**
   * Takes a package in unless it is here already.
   *
   * @return empty if it was
   * @throws ChaincodeException as {@link #install} does otherwise
   */
  public Optional<InstalledPackage> installOnce(ByteString packageFile) {
    return builds.installOnce(packageFile);
  }

  /**
   * Builds an installed package if that has not been done; returns how to dial it, null if it is
   * run by its builder.
   */
  public ChaincodeServerInfo build(String packageId) {
    return builds.build(packageId).serverInfo();
  }

  /**
   * Launches a chaincode and waits until it takes transactions; does nothing if it does already.
   */
  public void launch(String packageId) {
    launcher.launch(packageId, Long.MAX_VALUE);
  }

  /** Ends the process of a chaincode that this peer runs; throws if it does not run it. */
  public void stop(String packageId) {
    launcher.stop(packageId);
  }

  /** Whether a chaincode is connected and takes transactions. */
  public boolean isConnected(String packageId) {
    return registry.connected(packageId) != null;
  }

  /**
   * The gRPC service for chaincode that dials the peer, to be mounted on the chaincode listener.
   */
  public ChaincodeSupportService service() {
    return service;
  }

  /** Builds, launches and stops chaincode in the background as definitions come and go. */
  public ChaincodeCustodian custodian() {
    return custodian;
  }

  /** Ends all streams and processes. */
  @Override
  public void close() {
    custodian.close();
    launcher.close();
    streams.close();
  }

  private void acquire() {
    try {
      if (!executions.tryAcquire(settings.executeTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new ChaincodeException("timeout expired while executing transaction");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ChaincodeException("timeout expired while executing transaction", e);
    }
  }

  /**
   * Invokes a chaincode, user or system; the deadline is that of the caller, if a chaincode calls.
   */
  private ChaincodeMessage invoke(
      TransactionContext tx, ChaincodeInput input, long callerDeadline) {
    String name = tx.chaincodeName();
    if (tx.services().isSystemChaincode(name)) {
      Response response = tx.services().invokeSystemChaincode(name, tx, input);
      return ChaincodeMessage.newBuilder()
          .setType(ChaincodeMessage.Type.COMPLETED)
          .setPayload(response.toByteString())
          .setTxid(tx.txId())
          .setChannelId(tx.channelId())
          .build();
    }
    EndorsementInfo info;
    try {
      info = checkInvocation(tx, input);
    } catch (RuntimeException e) {
      throw ChaincodeException.wrap("invalid invocation", e);
    }
    ChaincodeStream stream = launcher.launch(info.chaincodeId(), callerDeadline);
    ChaincodeMessage.Type type =
        input.getIsInit() ? ChaincodeMessage.Type.INIT : ChaincodeMessage.Type.TRANSACTION;
    ChaincodeInput sent =
        input.getDecorationsCount() == 0 ? input : input.toBuilder().clearDecorations().build();
    long ownDeadline = System.nanoTime() + settings.executeTimeout().toNanos();
    try {
      return stream.execute(tx, type, sent.toByteString(), Math.min(ownDeadline, callerDeadline));
    } catch (RuntimeException e) {
      throw ChaincodeException.wrap("error sending", e);
    }
  }

  private static EndorsementInfo checkInvocation(TransactionContext tx, ChaincodeInput input) {
    String name = tx.chaincodeName();
    EndorsementInfo info;
    try {
      info = tx.services().resolve(tx.channelId(), name, tx.simulator());
    } catch (RuntimeException e) {
      throw ChaincodeException.wrap(
          "[channel " + tx.channelId() + "] failed to get chaincode container info for " + name, e);
    }
    byte[] version = info.version().getBytes(StandardCharsets.UTF_8);
    boolean initializationNeeded = info.enforceInit() && !Arrays.equals(initialized(tx), version);
    if (input.getIsInit()) {
      if (!info.enforceInit()) {
        throw new ChaincodeException(
            "chaincode '" + name + "' does not require initialization but called as init");
      }
      if (!initializationNeeded) {
        throw new ChaincodeException(
            "chaincode '" + name + "' is already initialized but called as init");
      }
      markInitialized(tx, version);
    } else if (initializationNeeded) {
      throw new ChaincodeException(
          "chaincode '"
              + name
              + "' has not been initialized for this version, must call as init first");
    }
    return info;
  }

  private static byte[] initialized(TransactionContext tx) {
    try {
      byte[] value = tx.simulator().getState(tx.chaincodeName(), INITIALIZED_KEY);
      return value == null ? new byte[0] : value;
    } catch (RuntimeException e) {
      throw ChaincodeException.wrap("could not get 'initialized' key", e);
    }
  }

  private static void markInitialized(TransactionContext tx, byte[] version) {
    try {
      tx.simulator().setState(tx.chaincodeName(), INITIALIZED_KEY, version);
    } catch (RuntimeException e) {
      throw ChaincodeException.wrap("could not set 'initialized' key", e);
    }
  }

  private static ChaincodeOutcome outcome(TransactionContext tx, ChaincodeMessage last) {
    if (last.getType() == ChaincodeMessage.Type.ERROR) {
      throw new ChaincodeException(
          "transaction returned with failure: " + last.getPayload().toStringUtf8());
    }
    ChaincodeEvent event = null;
    if (last.hasChaincodeEvent()) {
      event =
          last.getChaincodeEvent().toBuilder()
              .setChaincodeId(tx.chaincodeName())
              .setTxId(tx.txId())
              .build();
    }
    try {
      return new ChaincodeOutcome(Response.parseFrom(last.getPayload()), event);
    } catch (InvalidProtocolBufferException e) {
      throw new ChaincodeException(
          "failed to unmarshal response for transaction "
              + tx.txId()
              + ": proto: cannot parse invalid wire-format data",
          e);
    }
  }
}
