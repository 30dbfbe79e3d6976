package org.blockraft.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.blockraft.identity.TestOrg;
import org.blockraft.identity.TestPki;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OperationsServerTest {
  private static final VersionInfo VERSION = new VersionInfo("2.5.16", "abcdef");

  @TempDir Path dir;
  private final HealthChecks health = new HealthChecks();
  private final LogSpec logSpec = new LogSpec(new LoggerContext());

  private OperationsServer start(Optional<OperationsTls> tls) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    OperationsServer server =
        new OperationsServer(
            new OperationsSettings(address, tls, true),
            health,
            logSpec,
            new FabricMeterRegistry(),
            VERSION,
            () -> Instant.EPOCH);
    server.start();
    return server;
  }

  private static HttpResponse<String> ask(
      HttpClient client, OperationsServer server, String method, String path, String body)
      throws Exception {
    URI uri = URI.create("https://localhost:" + server.address().getPort() + path);
    return client.send(
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> plain(
      OperationsServer server, String method, String path, String body) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://localhost:" + server.address().getPort() + path);
      return client.send(
          HttpRequest.newBuilder(uri)
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void pagesAreAdded() throws Exception {
    try (OperationsServer server = start(Optional.empty())) {
      server.page("/cluster", () -> "{}");
      assertEquals("{}", plain(server, "GET", "/cluster", "").body());
      assertEquals(405, plain(server, "PUT", "/cluster", "").statusCode());
      assertEquals(404, plain(server, "GET", "/cluster/", "").statusCode());
    }
  }

  @Test
  void healthIsTheSumOfItsChecks() throws Exception {
    try (OperationsServer server = start(Optional.empty())) {
      HttpResponse<String> well = plain(server, "GET", "/healthz", "");
      assertEquals(200, well.statusCode());
      assertTrue(well.body().startsWith("{\"status\":\"OK\",\"time\":\"19"), well.body());
      health.register("docker", () -> {});
      health.register(
          "couchdb",
          () -> {
            throw new IOException("failed to connect to couch db [<it>]");
          });
      HttpResponse<String> ill = plain(server, "GET", "/healthz", "");
      assertEquals(503, ill.statusCode());
      assertTrue(
          ill.body()
              .endsWith(
                  "\"failed_checks\":[{\"component\":\"couchdb\",\"reason\":\"failed to connect to couch db [\\u003cit\\u003e]\"}]}"),
          ill.body());
      assertEquals(405, plain(server, "POST", "/healthz", "").statusCode());
      assertThrows(IllegalArgumentException.class, () -> health.register("docker", () -> {}));
    }
  }

  @Test
  void versionIsShown() throws Exception {
    try (OperationsServer server = start(Optional.empty())) {
      assertEquals(
          "{\"CommitSHA\":\"abcdef\",\"Version\":\"2.5.16\"}",
          plain(server, "GET", "/version", "").body());
      HttpResponse<String> put = plain(server, "PUT", "/version", "");
      assertEquals(400, put.statusCode());
      assertEquals("{\"Error\":\"invalid request method: PUT\"}", put.body());
      assertTrue(
          plain(server, "GET", "/metrics", "")
              .body()
              .contains("fabric_version{version=\"2.5.16\"} 1"));
      assertEquals(404, plain(server, "GET", "/metrics/more", "").statusCode());
      assertEquals("404 page not found\n", plain(server, "GET", "/", "").body());
    }
  }

  @Test
  void logSpecificationIsReadAndSet() throws Exception {
    try (OperationsServer server = start(Optional.empty())) {
      assertEquals("{\"spec\":\"info\"}\n", plain(server, "GET", "/logspec", "").body());
      HttpResponse<String> set =
          plain(server, "PUT", "/logspec", "{\"spec\":\"gossip=debug:error\"}");
      assertEquals(204, set.statusCode());
      assertEquals("", set.body());
      assertEquals("gossip=debug:error", logSpec.spec());
      HttpResponse<String> bad = plain(server, "PUT", "/logspec", "{\"spec\":\"nonsense\"}");
      assertEquals(400, bad.statusCode());
      assertEquals(
          "{\"error\":\"invalid logging specification 'nonsense': bad segment 'nonsense'\"}\n",
          bad.body());
      assertEquals(
          "{\"error\":\"invalid character 'g' looking for beginning of value\"}\n",
          plain(server, "PUT", "/logspec", "goo").body());
      assertEquals("{\"error\":\"EOF\"}\n", plain(server, "PUT", "/logspec", "").body());
      assertEquals(
          "{\"error\":\"invalid request method: POST\"}\n",
          plain(server, "POST", "/logspec", "{}").body());
      assertEquals("gossip=debug:error", logSpec.spec());
    }
  }

  private OperationsTls tls(TestOrg org, boolean clientCertRequired) throws Exception {
    TestPki.Credential credential = org.tls("localhost");
    Path certificate = Files.write(dir.resolve("server.crt"), credential.pem());
    Path key = Files.write(dir.resolve("server.key"), credential.keyPem());
    Path authority = Files.write(dir.resolve("ca.crt"), org.tlsAuthority().pem());
    return OperationsTls.load(certificate, key, clientCertRequired, List.of(authority));
  }

  private static HttpClient client(TestOrg org, Optional<TestPki.Credential> own) throws Exception {
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("ca", org.tlsAuthority().certificate());
    TrustManagerFactory trusts =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusts.init(trust);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    if (own.isPresent()) {
      keys.setKeyEntry(
          "own",
          own.get().keys().getPrivate(),
          new char[0],
          new Certificate[] {own.get().certificate()});
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), trusts.getTrustManagers(), null);
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(context).build();
  }

  @Test
  void metricsAndLogLevelsNeedAClientCertificateOverTls() throws Exception {
    TestOrg org = new TestOrg("Org1MSP");
    try (OperationsServer server = start(Optional.of(tls(org, false)));
        HttpClient nobody = client(org, Optional.empty());
        HttpClient known = client(org, Optional.of(org.tls("client")))) {
      assertEquals(200, ask(nobody, server, "GET", "/healthz", "").statusCode());
      assertEquals(200, ask(nobody, server, "GET", "/version", "").statusCode());
      assertEquals(401, ask(nobody, server, "GET", "/metrics", "").statusCode());
      assertEquals(401, ask(nobody, server, "GET", "/logspec", "").statusCode());
      assertEquals(200, ask(known, server, "GET", "/metrics", "").statusCode());
      assertEquals(200, ask(known, server, "GET", "/logspec", "").statusCode());
    }
  }

  @Test
  void strangersAreTurnedAway() throws Exception {
    TestOrg org = new TestOrg("Org1MSP");
    TestOrg other = new TestOrg("Org2MSP");
    try (OperationsServer server = start(Optional.of(tls(org, true)));
        HttpClient nobody = client(org, Optional.empty());
        HttpClient known = client(org, Optional.of(org.tls("client")));
        HttpClient stranger = client(org, Optional.of(other.tls("client")))) {
      assertEquals(200, ask(known, server, "GET", "/healthz", "").statusCode());
      assertThrows(IOException.class, () -> ask(nobody, server, "GET", "/healthz", ""));
      assertThrows(IOException.class, () -> ask(stranger, server, "GET", "/healthz", ""));
    }
  }
}
