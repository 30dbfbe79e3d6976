package org.blockraft.intake;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A native orderer on loopback with a channel of its own, from the binaries in a folder. */
final class RealOrderer implements AutoCloseable {
  private static final Duration TOOL_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

  private static final String NODE =
      "crypto/ordererOrganizations/example.com/orderers/orderer.example.com";

  private final Path bin;
  private final Path dir;
  private final int port;
  private final int adminPort;
  private Process process;

  RealOrderer(Path bin, Path dir) throws IOException {
    this.bin = bin;
    this.dir = dir;
    this.port = freePort();
    this.adminPort = freePort();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Makes the key material and the genesis block. */
  Path prepare(String channelId, Consensus consensus) throws Exception {
    Files.writeString(dir.resolve("crypto-config.yaml"), CRYPTO_CONFIG);
    run("cryptogen", "generate", "--config=crypto-config.yaml", "--output=crypto");
    Files.writeString(
        dir.resolve("configtx.yaml"),
        (CONFIGTX + consensus.yaml)
            .replace("${capability}", consensus.capability)
            .replace("${node}", NODE)
            .replace("${port}", Integer.toString(port)));
    run(
        "configtxgen",
        "-configPath",
        dir.toString(),
        "-profile",
        "Channel",
        "-outputBlock",
        "genesis.block",
        "-channelID",
        channelId);
    return dir.resolve("genesis.block");
  }

  Path crypto(String path) {
    return dir.resolve("crypto").resolve(path);
  }

  private void run(String tool, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(bin.resolve(tool).toString()));
    command.addAll(List.of(arguments));
    Process running = process(command, tool + ".log");
    try {
      if (!running.waitFor(TOOL_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
          || running.exitValue() != 0) {
        throw new IOException(tool + ": " + Files.readString(dir.resolve(tool + ".log")));
      }
    } finally {
      running.destroyForcibly();
    }
  }

  private Process process(List<String> command, String log) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve(log).toFile());
    builder.environment().put("FABRIC_CFG_PATH", dir.toString());
    return builder.start();
  }

  void start() throws Exception {
    Files.writeString(
        dir.resolve("orderer.yaml"),
        ORDERER
            .replace("${port}", Integer.toString(port))
            .replace("${adminPort}", Integer.toString(adminPort))
            .replace("${node}", NODE));
    process = process(List.of(bin.resolve("orderer").toString()), "orderer.log");
  }

  /** Waits until the orderer answers and has taken the channel. */
  void join(Path genesisBlock) throws Exception {
    String boundary = "join-boundary";
    byte[] head =
        ("--"
                + boundary
                + "\r\nContent-Disposition: form-data; name=\"config-block\";"
                + " filename=\"genesis.block\"\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] tail = ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII);
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + adminPort + "/participation/v1/channels"))
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .POST(
                HttpRequest.BodyPublishers.ofByteArrays(
                    List.of(head, Files.readAllBytes(genesisBlock), tail)))
            .build();
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (true) {
        try {
          HttpResponse<String> response =
              client.send(request, HttpResponse.BodyHandlers.ofString());
          if (response.statusCode() == 201) {
            return;
          }
          throw new IllegalStateException("orderer refused the channel: " + response.body());
        } catch (IOException notUpYet) {
          if (System.nanoTime() > deadline || process.waitFor(200, TimeUnit.MILLISECONDS)) {
            throw new IOException(Files.readString(dir.resolve("orderer.log")), notUpYet);
          }
        }
      }
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
  }

  private static final String CRYPTO_CONFIG =
      """
      OrdererOrgs:
        - Name: Orderer
          Domain: example.com
          EnableNodeOUs: true
          Specs:
            - Hostname: orderer
              SANS: [localhost, 127.0.0.1]
      PeerOrgs:
        - Name: Org1
          Domain: org1.example.com
          EnableNodeOUs: true
          Template:
            Count: 1
            SANS: [localhost, 127.0.0.1]
          Users:
            Count: 1
      """;

  private static final String ORDERER =
      """
      General:
        ListenAddress: 127.0.0.1
        ListenPort: ${port}
        TLS:
          Enabled: true
          PrivateKey: ${node}/tls/server.key
          Certificate: ${node}/tls/server.crt
          RootCAs: ["${node}/tls/ca.crt"]
          ClientAuthRequired: false
        Cluster:
          SendBufferSize: 100
          ClientCertificate: ${node}/tls/server.crt
          ClientPrivateKey: ${node}/tls/server.key
          RootCAs: ["${node}/tls/ca.crt"]
        BootstrapMethod: none
        LocalMSPDir: ${node}/msp
        LocalMSPID: OrdererMSP
        BCCSP: {Default: SW, SW: {Hash: SHA2, Security: 256}}
        Authentication: {TimeWindow: 15m}
      FileLedger: {Location: ledger}
      Operations: {ListenAddress: "127.0.0.1:0"}
      Metrics: {Provider: disabled}
      Admin: {ListenAddress: "127.0.0.1:${adminPort}"}
      ChannelParticipation: {Enabled: true, MaxRequestBodySize: 1 MB}
      Consensus: {WALDir: wal, SnapDir: snap}
      """;

  private static final String CONFIGTX =
      """
      Organizations:
        - &OrdererOrg
          Name: OrdererOrg
          ID: OrdererMSP
          MSPDir: crypto/ordererOrganizations/example.com/msp
          OrdererEndpoints: ["localhost:${port}"]
          Policies: &OrdererPolicies
            Readers: {Type: Signature, Rule: "OR('OrdererMSP.member')"}
            Writers: {Type: Signature, Rule: "OR('OrdererMSP.member')"}
            Admins: {Type: Signature, Rule: "OR('OrdererMSP.admin')"}
        - &Org1
          Name: Org1MSP
          ID: Org1MSP
          MSPDir: crypto/peerOrganizations/org1.example.com/msp
          Policies:
            Readers: {Type: Signature, Rule: "OR('Org1MSP.admin', 'Org1MSP.peer', 'Org1MSP.client')"}
            Writers: {Type: Signature, Rule: "OR('Org1MSP.admin', 'Org1MSP.client')"}
            Admins: {Type: Signature, Rule: "OR('Org1MSP.admin')"}
            Endorsement: {Type: Signature, Rule: "OR('Org1MSP.peer')"}
      Channel: &Channel
        Policies: &MetaPolicies
          Readers: {Type: ImplicitMeta, Rule: "ANY Readers"}
          Writers: {Type: ImplicitMeta, Rule: "ANY Writers"}
          Admins: {Type: ImplicitMeta, Rule: "MAJORITY Admins"}
        Capabilities: {"${capability}": true}
      Application: &Application
        Organizations: [*Org1]
        Policies:
          <<: *MetaPolicies
          LifecycleEndorsement: {Type: ImplicitMeta, Rule: "MAJORITY Endorsement"}
          Endorsement: {Type: ImplicitMeta, Rule: "MAJORITY Endorsement"}
        Capabilities: {V2_5: true}
      Orderer: &Orderer
        BatchTimeout: 100ms
        BatchSize: {MaxMessageCount: 10, AbsoluteMaxBytes: 10 MB, PreferredMaxBytes: 2 MB}
        Organizations: [*OrdererOrg]
        Policies:
          <<: *MetaPolicies
          BlockValidation: {Type: ImplicitMeta, Rule: "ANY Writers"}
        Capabilities: {V2_0: true}
      Profiles:
        Channel:
          <<: *Channel
          Application: *Application
          Orderer:
            <<: *Orderer
      """;

  /** How the one orderer agrees with itself. */
  enum Consensus {
    RAFT(
        "V2_0",
        """
        OrdererType: etcdraft
        EtcdRaft:
          Consenters:
            - Host: localhost
              Port: ${port}
              ClientTLSCert: ${node}/tls/server.crt
              ServerTLSCert: ${node}/tls/server.crt
          Options:
            TickInterval: 50ms
            ElectionTick: 10
            HeartbeatTick: 1
            MaxInflightBlocks: 5
            SnapshotIntervalSize: 16 MB
        """),
    BFT(
        "V3_0",
        """
        OrdererType: BFT
        SmartBFT:
          RequestBatchMaxCount: 100
          RequestBatchMaxInterval: 50ms
          RequestForwardTimeout: 2s
          RequestComplainTimeout: 20s
          RequestAutoRemoveTimeout: 3m0s
          ViewChangeResendInterval: 5s
          ViewChangeTimeout: 20s
          LeaderHeartbeatTimeout: 1m0s
          CollectTimeout: 1s
          RequestBatchMaxBytes: 10485760
          IncomingMessageBufferSize: 200
          RequestPoolSize: 100000
          LeaderHeartbeatCount: 10
        ConsenterMapping:
          - ID: 1
            Host: localhost
            Port: ${port}
            MSPID: OrdererMSP
            Identity: ${node}/msp/signcerts/orderer.example.com-cert.pem
            ClientTLSCert: ${node}/tls/server.crt
            ServerTLSCert: ${node}/tls/server.crt
        """);

    private final String capability;
    private final String yaml;

    Consensus(String capability, String orderer) {
      this.capability = capability;
      this.yaml = orderer.indent(6);
    }
  }

  /** The version of the binaries, for example {@code v3.1.5}. */
  static String version(Path bin) throws IOException {
    Process asked = new ProcessBuilder(bin.resolve("orderer").toString(), "version").start();
    String text = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return text.lines()
        .map(String::strip)
        .filter(line -> line.startsWith("Version: "))
        .map(line -> line.substring("Version: ".length()))
        .findFirst()
        .orElse("");
  }
}
