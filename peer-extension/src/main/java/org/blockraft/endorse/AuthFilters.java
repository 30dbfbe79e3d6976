package org.blockraft.endorse;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;

/**
 * The checks that stand before every proposal: expiry of the client's certificate, Fabric 3's time
 * window, and the gate that is shut while ledgers are rebuilt. Safe for use by many threads.
 *
 * <p>Fabric source: core/handlers/auth/filter.
 */
public final class AuthFilters {
  /** Clients are few and come again; when there are more, what was remembered is dropped. */
  private static final int EXPIRIES_REMEMBERED_MAX = 4096;

  /** Lets every proposal pass. */
  static final AuthFilters NONE =
      new AuthFilters(false, Duration.ZERO, () -> false, InstantSource.system());

  private final boolean expiryChecked;
  private final Duration window;
  private final BooleanSupplier rebuilding;
  private final InstantSource clock;
  private final ConcurrentHashMap<ByteString, Instant> expiries = new ConcurrentHashMap<>();

  /**
   * @param expiryChecked whether the filter ExpirationCheck is configured
   * @param window the width of the filter TimeWindowCheck to either side; zero when not configured
   * @param rebuilding true while proposals must be refused because ledgers are being rebuilt
   */
  public AuthFilters(
      boolean expiryChecked, Duration window, BooleanSupplier rebuilding, InstantSource clock) {
    this.expiryChecked = expiryChecked;
    this.window = window;
    this.rebuilding = rebuilding;
    this.clock = clock;
  }

  boolean expiryChecked() {
    return expiryChecked;
  }

  boolean windowChecked() {
    return !window.isZero();
  }

  void requireOpen() {
    if (rebuilding.getAsBoolean()) {
      throw ProposalRejected.byFilter(
          "endorse requests are blocked while ledgers are being rebuilt", null);
    }
  }

  void requireNotExpired(ByteString creator) {
    Instant expiry = expiries.get(creator);
    if (expiry == null) {
      expiry = expiry(creator);
      if (expiries.size() >= EXPIRIES_REMEMBERED_MAX) {
        expiries.clear();
      }
      expiries.put(creator, expiry);
    }
    if (clock.instant().isAfter(expiry)) {
      throw ProposalRejected.byFilter("proposal client identity expired", null);
    }
  }

  /** The end of the certificate's validity; what is no certificate does not expire. */
  private static Instant expiry(ByteString creator) {
    try {
      ByteString pem = SerializedIdentity.parseFrom(creator).getIdBytes();
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509").generateCertificate(pem.newInput());
      return certificate.getNotAfter().toInstant();
    } catch (InvalidProtocolBufferException | CertificateException e) {
      return Instant.MAX;
    }
  }

  void requireInWindow(Timestamp timestamp) {
    Instant proposed = Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    Instant now = clock.instant();
    if (proposed.plus(window).isBefore(now) || proposed.minus(window).isAfter(now)) {
      throw ProposalRejected.byFilter(
          "request unauthorized due to incorrect timestamp %s, peer time %s, peer.authentication.timewindow %s"
              .formatted(
                  proposed.truncatedTo(ChronoUnit.SECONDS),
                  now.truncatedTo(ChronoUnit.SECONDS),
                  inGoNotation(window)),
          null);
    }
  }

  /** Whole seconds as Go prints them, for example 15m0s. */
  private static String inGoNotation(Duration duration) {
    long hours = duration.toHours();
    long minutes = duration.toMinutesPart();
    String seconds = duration.toSecondsPart() + "s";
    if (hours > 0) {
      return hours + "h" + minutes + "m" + seconds;
    }
    return minutes > 0 ? minutes + "m" + seconds : seconds;
  }
}
