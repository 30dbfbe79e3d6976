package org.blockraft.ledger;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.hyperledger.fabric.protos.common.Block;

/** All channels' ledgers of this peer. Safe for any thread. Fabric: core/ledger/kvledger/kv_ledger_provider.go. */
public final class Ledgers implements AutoCloseable {

  public Ledgers(Path root, LedgerSettings settings, MeterRegistry meters) {}

  /** Creates the channel's ledger with its genesis block committed. */
  public Ledger create(Block genesis) {
    throw new IllegalStateException("being written");
  }

  /** Opens an existing ledger and recovers it; the same object while it is open. Empty if there is none. */
  public Optional<Ledger> open(String channelId) {
    throw new IllegalStateException("being written");
  }

  /** Ids of the active ledgers, sorted. */
  public List<String> channelIds() {
    throw new IllegalStateException("being written");
  }

  @Override
  public void close() {
    throw new IllegalStateException("being written");
  }
}
