package org.blockraft.chaincode;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.blockraft.simulation.HistoryReader;
import org.blockraft.simulation.SimulationSettings;
import org.blockraft.simulation.TransactionSimulator;
import org.blockraft.state.MemoryState;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.ChaincodeInput;
import org.hyperledger.fabric.protos.peer.ChaincodeSpec;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;

/** The rest of a peer with channels "ch" and "other", as far as the runtime sees it. */
final class TestPeer implements ChannelServices, AutoCloseable {
  static final String CHANNEL = "ch";

  final MemoryState state = new MemoryState();
  final MemoryState otherState = new MemoryState();
  final Map<String, EndorsementInfo> definitions = new HashMap<>();
  final Set<String> readable = new HashSet<>();
  final Set<String> writable = new HashSet<>();
  final AtomicInteger accessChecks = new AtomicInteger();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final PackageStore packages;
  final BuilderRegistry builders;
  final ChaincodeRuntime runtime;
  final CountDownLatch slow = new CountDownLatch(1);
  boolean capabilities = true;
  String denial;
  HistoryReader history;
  TransactionSimulator lastSimulator;
  private final AtomicInteger transactions = new AtomicInteger();

  /** Starts a chaincode as a server and deploys it. */
  ScriptedChaincode serve(String chaincode, ScriptedChaincode.Script script) throws IOException {
    ScriptedChaincode server = ScriptedChaincode.server("", script);
    server.name(deploy(chaincode, server.port()));
    return server;
  }

  static ChaincodeSpec callOf(String chaincode, String... args) {
    return ChaincodeSpec.newBuilder()
        .setChaincodeId(ChaincodeID.newBuilder().setName(chaincode))
        .setInput(input(args))
        .build();
  }

  TestPeer(Path directory) {
    this(directory, settings(Duration.ofSeconds(10), null), null, List.of(), Map.of());
  }

  TestPeer(
      Path directory,
      RuntimeSettings settings,
      ChaincodeCertificates certificates,
      List<ExternalBuilderSettings> builderSettings,
      Map<String, String> environment) {
    packages = new PackageStore(directory.resolve("packages"));
    builders =
        new BuilderRegistry(
            new BuildSettings(
                directory.resolve("builds"), builderSettings, "Org1MSP", environment));
    runtime = new ChaincodeRuntime(settings, packages, builders, certificates, meters);
  }

  static RuntimeSettings settings(Duration executeTimeout, BatchParameters batch) {
    return new RuntimeSettings(
        executeTimeout, Duration.ofSeconds(5), Duration.ZERO, 100_000, 10, false, "p:7052", batch);
  }

  /**
   * Installs a package of type ccaas that names a server on loopback, and defines it as a
   * chaincode.
   */
  String deploy(String chaincode, int port) throws IOException {
    return deploy(chaincode, "{\"address\":\"127.0.0.1:" + port + "\",\"dial_timeout\":\"2s\"}");
  }

  String deploy(String chaincode, String connectionJson) throws IOException {
    String packageId = runtime.install(TestPackages.service(chaincode, connectionJson)).packageId();
    define(chaincode, packageId);
    return packageId;
  }

  void define(String chaincode, String packageId) {
    definitions.put(chaincode, new EndorsementInfo("1.0", false, packageId, "escc"));
  }

  ChaincodeOutcome execute(String chaincode, String... args) {
    return execute(chaincode, input(args));
  }

  ChaincodeOutcome execute(String chaincode, ChaincodeInput input) {
    lastSimulator = simulator(state);
    return runtime.execute(transaction(chaincode, lastSimulator), input);
  }

  TransactionContext transaction(String chaincode, TransactionSimulator simulator) {
    return new TransactionContext(
        CHANNEL,
        "tx" + transactions.incrementAndGet(),
        SignedProposal.newBuilder().setProposalBytes(ByteString.copyFromUtf8("p")).build(),
        Proposal.getDefaultInstance(),
        chaincode,
        simulator,
        this);
  }

  TransactionSimulator simulator(MemoryState of) {
    return new TransactionSimulator(
        of, "tx", SimulationSettings.DEFAULTS, TestPeer::collections, history);
  }

  static ChaincodeInput input(String... args) {
    ChaincodeInput.Builder input = ChaincodeInput.newBuilder();
    for (String arg : args) {
      input.addArgs(ByteString.copyFromUtf8(arg));
    }
    return input.build();
  }

  @Override
  public EndorsementInfo resolve(
      String channelId, String chaincodeName, TransactionSimulator simulator) {
    EndorsementInfo info = definitions.get(chaincodeName);
    if (info == null) {
      throw new ChaincodeException("chaincode " + chaincodeName + " not found");
    }
    return info;
  }

  @Override
  public boolean isSystemChaincode(String name) {
    return name.equals("qscc");
  }

  @Override
  public void checkChaincodeToChaincode(String channelId, SignedProposal proposal) {
    if (denial != null) {
      throw new ChaincodeException(denial);
    }
  }

  @Override
  public TransactionSimulator otherChannel(String channelId, String txId) {
    return channelId.equals("other") ? simulator(otherState) : null;
  }

  @Override
  public CollectionAccess collectionAccess(
      String channelId,
      String chaincodeName,
      String collection,
      SignedProposal proposal,
      TransactionSimulator simulator) {
    accessChecks.incrementAndGet();
    return new CollectionAccess(readable.contains(collection), writable.contains(collection));
  }

  @Override
  public boolean keyLevelEndorsement(String channelId) {
    return capabilities;
  }

  @Override
  public boolean purgePvtData(String channelId) {
    return capabilities;
  }

  @Override
  public Response invokeSystemChaincode(String name, TransactionContext tx, ChaincodeInput input) {
    if (input.getArgsCount() > 0 && input.getArgs(0).toStringUtf8().equals("slow")) {
      try {
        assertTrue(slow.await(10, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return ScriptedChaincode.ok(name + " on " + tx.channelId() + " with " + input.getArgsCount());
  }

  @Override
  public void close() {
    runtime.close();
  }

  private static Optional<CollectionConfigPackage> collections(
      String namespace, TransactionSimulator reads) {
    return Optional.of(
        CollectionConfigPackage.newBuilder()
            .addConfig(
                CollectionConfig.newBuilder()
                    .setStaticCollectionConfig(
                        StaticCollectionConfig.newBuilder().setName("secrets")))
            .build());
  }
}
