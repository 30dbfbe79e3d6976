package org.blockraft.ledger;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.blockraft.merkle.TreeSettings;
import org.blockraft.state.KeyValueLimits;
import org.blockraft.state.StateSnapshot;
import org.blockraft.state.VersionedValue;

/** Ledgers with small limits, a clock that only pauses move, and a place to die. */
final class TestLedgers implements AutoCloseable {
  static final LedgerSettings SETTINGS =
      new LedgerSettings(
          TestChain.MSP,
          true,
          Duration.ofSeconds(60),
          false,
          1000,
          5,
          false,
          4000,
          Optional.of(new TreeSettings(2, 1 << 20, 4, 1, 100, 4)),
          KeyValueLimits.SMALL);

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final List<Duration> pauses = new ArrayList<>();
  final Ledgers ledgers;
  private final AtomicLong nanos = new AtomicLong();

  TestLedgers(Path root) {
    this(root, SETTINGS, step -> {});
  }

  TestLedgers(Path root, LedgerSettings settings, Consumer<CommitStep> steps) {
    ledgers =
        new Ledgers(
            root,
            settings,
            meters,
            new PrivateDataCollector.Timing(
                nanos::get,
                pause -> {
                  pauses.add(pause);
                  nanos.addAndGet(pause.toNanos());
                }),
            steps);
  }

  Ledger open() {
    return ledgers.open(TestChain.CHANNEL).orElseThrow();
  }

  static String value(Ledger ledger, String namespace, String key) {
    try (StateSnapshot state = ledger.snapshot()) {
      VersionedValue value = state.get(namespace, TestChain.bytes(key));
      return value == null
          ? null
          : new String(value.value(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    ledgers.close();
  }
}
