package org.blockraft.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.blockraft.identity.SampleChannel;
import org.blockraft.ingress.wire.Key;
import org.blockraft.ingress.wire.ProveResponse;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.ledger.LedgerSettings;
import org.blockraft.ledger.Ledgers;
import org.blockraft.mvcc.Mvcc;
import org.blockraft.operations.LogSpec;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** A whole node with one channel, asked over TLS; its answers, kept and checked without it. */
final class StateProofNodeTest {
  private static final String CORE_YAML =
      """
      peer:
        id: proofs
        networkId: proofs
        fileSystemPath: data
        localMspId: Org1MSP
        discovery: {enabled: true}
        tls:
          enabled: true
          cert: {file: tls/server.crt}
          key: {file: tls/server.key}
          rootcert: {file: tls/ca.crt}
      chaincode:
        executetimeout: 30s
      """;

  private static final Key CONFIG = key("", Mvcc.CONFIG_KEY);
  private static final Key ABSENT = key("basic", "asset1");

  @TempDir private Path folder;

  private final InstantSource clock = InstantSource.system();
  private final Map<String, String> environment = new HashMap<>();
  private SampleChannel channel;
  private Block genesis;
  private PeerNode node;

  private static Key key(String namespace, String key) {
    return Key.newBuilder().setNamespace(namespace).setKey(ByteString.copyFromUtf8(key)).build();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @BeforeEach
  void start() throws Exception {
    channel = new SampleChannel(folder);
    channel.org1.writeTls(folder.resolve("tls"));
    Files.writeString(folder.resolve("core.yaml"), CORE_YAML);
    String address = "localhost:" + freePort();
    environment.put("FABRIC_CFG_PATH", folder.toString());
    environment.put("CORE_PEER_ADDRESS", address);
    environment.put("CORE_PEER_LISTENADDRESS", address);
    environment.put("CORE_PEER_CHAINCODELISTENADDRESS", "localhost:" + freePort());
    genesis = genesis("localhost:" + freePort());
    joinBeforeTheStart();
    node = node("true");
  }

  private void joinBeforeTheStart() {
    Path data = folder.resolve("data/ledgersData");
    LedgerSettings settings = LedgerSettings.defaults("Org1MSP");
    try (Ledgers ledgers = new Ledgers(data, settings, new SimpleMeterRegistry())) {
      ledgers.create(genesis).close();
    }
  }

  private Block genesis(String orderer) {
    Config config = Config.newBuilder().setChannelGroup(channel.root(orderer)).build();
    ByteString envelope =
        SampleChannel.envelope(
                HeaderType.CONFIG,
                channel.orderer.signer(),
                ConfigEnvelope.newBuilder().setConfig(config).build().toByteString())
            .toByteString();
    BlockData data = BlockData.newBuilder().addData(envelope).build();
    BlockMetadata.Builder metadata = BlockMetadata.newBuilder();
    for (int i = 0; i < 5; i++) {
      metadata.addMetadata(ByteString.EMPTY);
    }
    return Block.newBuilder()
        .setHeader(
            BlockHeader.newBuilder().setDataHash(ByteString.copyFrom(BlockHeaders.dataHash(data))))
        .setData(data)
        .setMetadata(metadata)
        .build();
  }

  private PeerNode node(String withTree) throws IOException {
    Map<String, String> own = new HashMap<>(environment);
    own.put("CORE_PEER_MSPCONFIGPATH", "peer1");
    own.put("CORE_BLOCKRAFT_MERKLE_ENABLED", withTree);
    LogSpec logSpec = new LogSpec((LoggerContext) LoggerFactory.getILoggerFactory());
    PeerConfig config = PeerConfig.from(CoreYaml.load(own), false);
    PeerNode started = new PeerNode(config, own, logSpec, clock);
    started.start();
    return started;
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private StateProofClient client(String mspId, String msp) {
    Map<String, String> own = new HashMap<>(environment);
    own.put("CORE_PEER_LOCALMSPID", mspId);
    own.put("CORE_PEER_MSPCONFIGPATH", msp);
    return new StateProofClient(CoreYaml.load(own), clock);
  }

  private int run(StringWriter out, String... arguments) {
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
    return commandLine.execute(arguments);
  }

  @Test
  void anAnswerIsKeptAndCheckedWithoutThePeer() throws Exception {
    ProveResponse response =
        client("Org1MSP", "client1").prove(SampleChannel.ID, List.of(CONFIG, ABSENT));
    ProvedAnswer answer = new ProvedAnswer(response);
    client("Org1MSP", "client1").requireOwnSignature(answer);
    answer.requireAnswerTo(SampleChannel.ID, List.of(CONFIG, ABSENT));
    answer.requireProofs();
    assertEquals(1, response.getRoot().getHeight());
    assertEquals(
        ByteString.copyFrom(BlockHeaders.headerHash(genesis.getHeader())),
        response.getRoot().getBlockHash());
    assertEquals(0, response.getEntries(0).getValue().getBlock());

    String file = write("answer", answer.bytes());
    String authority = write("ca.pem", channel.org1.authorityPem());
    String otherAuthority = write("other.pem", channel.org2.authorityPem());
    String root = HexFormat.of().formatHex(response.getRoot().getRoot().toByteArray());
    StringWriter out = new StringWriter();
    assertEquals(0, run(out, "state", "verify", file, "--root", root, "--trust", authority));
    assertTrue(out.toString().contains("signature of the root is good"), out.toString());
    assertTrue(out.toString().contains("key      basic asset1"), out.toString());
    assertTrue(out.toString().contains("is not there"), out.toString());
    assertEquals(0, run(out, "state", "verify", file, "--trust", otherAuthority, authority));
    assertEquals(0, run(out, "state", "verify", file, "--trust", authority, "--any-member"));

    assertRefused("unknown authority", "state", "verify", file, "--trust", otherAuthority);
    assertRefused("another one", "state", "verify", file, "--root", "0".repeat(64));
    assertEquals(2, run(out, "state", "verify", file));
    assertEquals(2, run(out, "state", "verify", file, "--root", "xyz"));
    assertEquals(2, run(out, "state", "proof", "-C", "sample", "-n", "basic"));
  }

  private String write(String name, ByteString contents) throws IOException {
    return Files.write(folder.resolve(name), contents.toByteArray()).toString();
  }

  private void assertRefused(String text, String... arguments) {
    StringWriter out = new StringWriter();
    assertEquals(1, run(out, arguments), out.toString());
    assertTrue(out.toString().contains(text), out.toString());
  }

  @Test
  void whatIsNotThePeersIsRefused() throws Exception {
    ProveResponse response = client("Org1MSP", "client1").prove(SampleChannel.ID, List.of(ABSENT));
    String authority = write("ca.pem", channel.org1.authorityPem());
    var root = response.getRoot();

    // Another height under the same signature.
    ProveResponse later = response.toBuilder().setRoot(root.toBuilder().setHeight(2)).build();
    String file = write("later", later.toByteString());
    assertRefused("signature", "state", "verify", file, "--trust", authority);

    // Signed by a client of the same organization.
    var forged = root.toBuilder().setSigner(channel.client1.signer().serialized());
    forged.setSignature(
        channel.client1.signer().sign(org.blockraft.ingress.SignedRoots.bytes(forged.build())));
    file = write("forged", response.toBuilder().setRoot(forged).build().toByteString());
    assertRefused("signature", "state", "verify", file, "--trust", authority);
    StringWriter out = new StringWriter();
    assertEquals(0, run(out, "state", "verify", file, "--trust", authority, "--any-member"));

    // The proof says that the key is not there.
    var entry = response.getEntries(0).toBuilder();
    entry.getValueBuilder().setValue(ByteString.copyFromUtf8("blue"));
    file = write("there", response.toBuilder().setEntries(0, entry).build().toByteString());
    assertRefused("does not lead", "state", "verify", file, "--trust", authority);
    file = write("text", ByteString.copyFromUtf8("no proof"));
    assertRefused("no proof of a state", "state", "verify", file, "--trust", authority);
    file = write("empty", ByteString.EMPTY);
    assertRefused("no proof of a state", "state", "verify", file, "--trust", authority);
    assertRefused("cannot read", "state", "verify", file + "x", "--trust", authority);
  }

  @Test
  void othersAreRefusedWithTheReason() {
    // A member of an organization of the channel, though of another one than the peer's.
    client("Org2MSP", "admin2").prove(SampleChannel.ID, List.of(CONFIG));
    assertAnswer("PERMISSION_DENIED", "OrdererMSP", "orderer", SampleChannel.ID, CONFIG);
    assertAnswer("PERMISSION_DENIED", "Org1MSP", "client1", "elsewhere", CONFIG);
    assertAnswer("private data", "Org1MSP", "client1", SampleChannel.ID, key("basic$$pdeals", "a"));
  }

  private void assertAnswer(String text, String mspId, String msp, String channelId, Key key) {
    StateProofClient client = client(mspId, msp);
    ProofRefused e = assertThrows(ProofRefused.class, () -> client.prove(channelId, List.of(key)));
    assertTrue(e.getMessage().contains(text), e.getMessage());
  }

  @Test
  void aNodeWithoutTreeSaysSo() throws Exception {
    node.close();
    node = node("false");
    assertAnswer("blockraft.merkle.enabled", "Org1MSP", "client1", SampleChannel.ID, CONFIG);
  }
}
