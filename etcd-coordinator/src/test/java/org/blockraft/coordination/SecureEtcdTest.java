package org.blockraft.coordination;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real etcd that speaks TLS, one that knows users, and several endpoints. */
final class SecureEtcdTest {
  /** On a machine that is busy with other things. */
  private static final Duration WAIT = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @BeforeEach
  void needEtcd() {
    assumeTrue(
        EtcdServer.program("etcd").isPresent() && EtcdServer.program("etcdctl").isPresent(),
        "there is no etcd or etcdctl on the path");
  }

  private static void leadsWith(EtcdSettings settings) {
    try (RealNode node = new RealNode(settings, "n1")) {
      Awaitility.await("leads").atMost(WAIT).until(node::leads);
    }
  }

  private static void cannotReadWith(EtcdSettings settings) {
    try (JetcdPort port = JetcdPort.open(settings)) {
      assertThrows(
          ExecutionException.class, () -> port.read("/blockraft/").get(5, TimeUnit.SECONDS));
    }
  }

  private EtcdTls files(boolean withClient) {
    return new EtcdTls(
        folder.resolve("ca.pem"),
        withClient ? Optional.of(folder.resolve("client.pem")) : Optional.empty(),
        withClient ? Optional.of(folder.resolve("client.key")) : Optional.empty());
  }

  @Test
  void tlsOnBothSides() throws IOException {
    TlsFiles.write(folder);
    try (EtcdServer etcd = EtcdServer.startWithTls(folder, folder)) {
      EtcdSettings plain = EtcdSettings.of(List.of(etcd.endpoint()), "tls");
      leadsWith(plain.withTls(files(true)));
      cannotReadWith(plain.withTls(files(false)));
      cannotReadWith(plain);
    }
  }

  @Test
  void unreadableTlsFilesAreNamed() {
    EtcdSettings settings = EtcdSettings.of(List.of("127.0.0.1:1"), "tls").withTls(files(true));
    CoordinationException failure =
        assertThrows(CoordinationException.class, () -> JetcdPort.open(settings));
    assertTrue(failure.getMessage().contains("TLS files"), failure.getMessage());
  }

  @Test
  void usersAreAuthenticated() throws Exception {
    try (EtcdServer etcd = EtcdServer.start(folder)) {
      EtcdSettings nobody = EtcdSettings.of(List.of(etcd.endpoint()), "users");
      EtcdSettings user = nobody.withUser(new EtcdUser("peer", "secret"));
      leadsWith(user);
      etcd.control("user", "add", "root:rootpass");
      etcd.control("user", "grant-role", "root", "root");
      etcd.control("role", "add", "peer");
      etcd.control("role", "grant-permission", "peer", "--prefix=true", "readwrite", "/blockraft/");
      etcd.control("user", "add", "peer:secret");
      etcd.control("user", "grant-role", "peer", "peer");
      etcd.control("auth", "enable");
      leadsWith(user);
      cannotReadWith(nobody);
      cannotReadWith(nobody.withUser(new EtcdUser("peer", "wrong")));
      try (RealNode node = new RealNode(user, "n1")) {
        Awaitility.await("leads").atMost(WAIT).until(node::leads);
        // Tokens are kept in memory: a restart makes them invalid.
        etcd.kill();
        etcd.start();
        Awaitility.await("writes with a new token")
            .ignoreExceptions()
            .atMost(WAIT)
            .until(() -> node.coordinator.put("a", new byte[0]).get(5, TimeUnit.SECONDS));
        Awaitility.await("sees it").atMost(WAIT).until(() -> !node.coordinator.facts("").isEmpty());
      }
    }
  }

  @Test
  void endpointsAreTriedInTurn() throws IOException {
    try (EtcdServer etcd = EtcdServer.start(folder)) {
      leadsWith(
          EtcdSettings.of(
              List.of("127.0.0.1:1", "http://" + etcd.endpoint(), "127.0.0.1:2"), "endpoints"));
    }
  }

  @Test
  void passwordsAreNotPrinted() {
    EtcdSettings settings =
        EtcdSettings.of(List.of("e:2379"), "c").withUser(new EtcdUser("peer", "secret"));
    assertFalse(settings.toString().contains("secret"), settings.toString());
  }
}
