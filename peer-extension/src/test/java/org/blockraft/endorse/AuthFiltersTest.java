package org.blockraft.endorse;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.SampleOrganization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthFiltersTest {
  private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");

  @TempDir Path dir;
  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final InstantSource clock = now::get;

  private static Timestamp at(Instant instant) {
    return Timestamp.newBuilder().setSeconds(instant.getEpochSecond()).build();
  }

  @Test
  void windowReachesToBothSides() {
    AuthFilters filters = new AuthFilters(false, Duration.ofMinutes(15), () -> false, clock);
    assertDoesNotThrow(() -> filters.requireInWindow(at(NOW.plusSeconds(900))));
    assertDoesNotThrow(() -> filters.requireInWindow(at(NOW.minusSeconds(900))));
    ProposalRejected late =
        assertThrows(
            ProposalRejected.class, () -> filters.requireInWindow(at(NOW.plusSeconds(901))));
    assertEquals(
        "request unauthorized due to incorrect timestamp 2030-01-02T03:19:06Z, peer time 2030-01-02T03:04:05Z, peer.authentication.timewindow 15m0s",
        late.getMessage());
    assertThrows(ProposalRejected.class, () -> filters.requireInWindow(at(NOW.minusSeconds(901))));
  }

  @Test
  void expiredClientsAreRefused() {
    LocalMsp client = new SampleOrganization("Org1MSP").member(dir, "client", "client");
    ByteString creator = client.signer().serialized();
    Instant expiry = client.signer().identity().expiresAt();
    AuthFilters filters = new AuthFilters(true, Duration.ZERO, () -> false, clock);
    now.set(expiry);
    assertDoesNotThrow(() -> filters.requireNotExpired(creator));
    now.set(expiry.plusSeconds(1));
    ProposalRejected expired =
        assertThrows(ProposalRejected.class, () -> filters.requireNotExpired(creator));
    assertEquals("proposal client identity expired", expired.getMessage());
    // What is no certificate is for later checks to refuse.
    assertDoesNotThrow(() -> filters.requireNotExpired(ByteString.copyFromUtf8("nonsense")));
  }

  @Test
  void rebuildingLedgersShutTheGate() {
    AuthFilters filters = new AuthFilters(false, Duration.ZERO, () -> true, clock);
    ProposalRejected shut = assertThrows(ProposalRejected.class, filters::requireOpen);
    assertEquals("endorse requests are blocked while ledgers are being rebuilt", shut.getMessage());
  }
}
