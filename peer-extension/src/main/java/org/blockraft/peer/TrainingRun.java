package org.blockraft.peer;

import ch.qos.logback.classic.LoggerContext;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.blockraft.chaincode.ChaincodeCertificates;
import org.blockraft.identity.DigestInput;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.Signer;
import org.blockraft.identity.TlsTrust;
import org.blockraft.operations.LogSpec;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueLimits;
import org.blockraft.state.KeyValueStore;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.peer.ChaincodeHeaderExtension;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.ChaincodeInput;
import org.hyperledger.fabric.protos.peer.ChaincodeInvocationSpec;
import org.hyperledger.fabric.protos.peer.ChaincodeProposalPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeSpec;
import org.hyperledger.fabric.protos.peer.EndorserGrpc;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the build runs once to record the classes that a start needs: a node with an identity made
 * for the moment, in a temporary folder, on free loopback ports, which answers one proposal over
 * TLS and ends. Nothing of it stays.
 */
final class TrainingRun {
  private static final Logger LOG = LoggerFactory.getLogger("training");
  private static final String HOST = "127.0.0.1";
  private static final String MSP_ID = "TrainingMSP";
  private static final int CALL_SECONDS = 30; // a loaded build machine answers late, not never

  private static final String CORE_YAML =
      """
      peer:
        id: training
        networkId: training
        localMspId: TrainingMSP
        mspConfigPath: msp
        fileSystemPath: data
        discovery: {enabled: true}
        tls:
          enabled: true
          cert: {file: msp/signcerts/node.pem}
          key: {file: msp/keystore/node.pem}
          rootcert: {file: msp/cacerts/root.pem}
        handlers:
          authFilters: [{name: DefaultAuth}, {name: ExpirationCheck}]
      chaincode:
        executetimeout: 30s
        system: {_lifecycle: enable, cscc: enable, qscc: enable}
      metrics: {provider: prometheus}
      """;

  private final Path folder;

  private TrainingRun(Path folder) {
    this.folder = folder;
  }

  /** Starts, uses and ends a node; returns what it answered to the proposal. */
  static ProposalResponse run() throws IOException {
    Path folder = Files.createTempDirectory("blockraft-training");
    try {
      return new TrainingRun(folder).answer();
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private ProposalResponse answer() throws IOException {
    String root = writeIdentity();
    Files.writeString(folder.resolve("core.yaml"), CORE_YAML);
    int port = freePort();
    String address = HOST + ":" + port;
    Map<String, String> environment =
        Map.of(
            "FABRIC_CFG_PATH",
            folder.toString(),
            "CORE_PEER_ADDRESS",
            address,
            "CORE_PEER_LISTENADDRESS",
            address,
            "CORE_PEER_CHAINCODELISTENADDRESS",
            HOST + ":" + freePort(),
            "CORE_OPERATIONS_LISTENADDRESS",
            HOST + ":" + freePort());
    LogSpec logSpec = new LogSpec((LoggerContext) LoggerFactory.getILoggerFactory());
    logSpec.activate("info");
    PeerConfig config = PeerConfig.from(CoreYaml.load(environment), false);
    useStore();
    InstantSource clock = InstantSource.system();
    try (PeerNode node = new PeerNode(config, environment, logSpec, clock)) {
      node.start();
      Signer signer = LocalMsp.load(config.mspFolder(), MSP_ID, clock).signer();
      ProposalResponse response = call(port, root, getChannels(signer, clock));
      LOG.info("The node answered {}", response.getResponse().getStatus());
      return response;
    }
  }

  /** Certificates made as those of launched chaincode are; returns the authority's. */
  private String writeIdentity() throws IOException {
    ChaincodeCertificates.ServerMaterial material =
        new ChaincodeCertificates(InstantSource.system()).server(HOST);
    write("msp/cacerts/root.pem", material.clientRoot());
    write("msp/admincerts/node.pem", material.certificate());
    write("msp/signcerts/node.pem", material.certificate());
    write("msp/keystore/node.pem", material.key());
    return material.clientRoot();
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A node without channels opens no database, one that starts again does. */
  private void useStore() {
    byte[] key = {1};
    String family = KeyValueStore.DEFAULT_FAMILY;
    try (KeyValueStore store =
        KeyValueStore.open(folder.resolve("store"), List.of(family), KeyValueLimits.DEFAULTS)) {
      try (KeyValueBatch batch = store.batch()) {
        batch.put(family, key, key);
        store.write(batch, true);
      }
      store.get(family, key);
    }
  }

  private static ProposalResponse call(int port, String root, SignedProposal proposal) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(HOST, port)
            .sslContext(
                TlsTrust.client(
                    List.of(ByteString.copyFrom(root, StandardCharsets.UTF_8)), Optional.empty()))
            .build();
    try {
      return EndorserGrpc.newBlockingStub(channel)
          .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
          .processProposal(proposal);
    } finally {
      channel.shutdownNow();
    }
  }

  private static SignedProposal getChannels(Signer signer, InstantSource clock) {
    SignatureHeader creator = signer.newSignatureHeader();
    ChaincodeID cscc = ChaincodeID.newBuilder().setName("cscc").build();
    ChannelHeader channelHeader =
        ChannelHeader.newBuilder()
            .setType(HeaderType.ENDORSER_TRANSACTION_VALUE)
            .setTxId(txId(creator))
            .setTimestamp(Timestamp.newBuilder().setSeconds(clock.instant().getEpochSecond()))
            .setExtension(
                ChaincodeHeaderExtension.newBuilder().setChaincodeId(cscc).build().toByteString())
            .build();
    Header header =
        Header.newBuilder()
            .setChannelHeader(channelHeader.toByteString())
            .setSignatureHeader(creator.toByteString())
            .build();
    ChaincodeInput input =
        ChaincodeInput.newBuilder().addArgs(ByteString.copyFromUtf8("GetChannels")).build();
    ChaincodeSpec spec = ChaincodeSpec.newBuilder().setChaincodeId(cscc).setInput(input).build();
    ByteString invocation =
        ChaincodeInvocationSpec.newBuilder().setChaincodeSpec(spec).build().toByteString();
    ByteString proposal =
        Proposal.newBuilder()
            .setHeader(header.toByteString())
            .setPayload(
                ChaincodeProposalPayload.newBuilder().setInput(invocation).build().toByteString())
            .build()
            .toByteString();
    return SignedProposal.newBuilder()
        .setProposalBytes(proposal)
        .setSignature(signer.sign(proposal))
        .build();
  }

  private static String txId(SignatureHeader creator) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      DigestInput.update(digest, creator.getNonce());
      DigestInput.update(digest, creator.getCreator());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
