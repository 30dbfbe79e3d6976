package org.blockraft.mvcc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateView;
import org.blockraft.state.Version;
import org.blockraft.validate.KeyReadWrites.KeyWrite;
import org.blockraft.validate.ParsedTransaction;
import org.blockraft.validate.ReadWriteSet;
import org.blockraft.validate.ReadWriteSet.CollectionReadWrites;
import org.blockraft.validate.ReadWriteSet.NamespaceReadWrites;
import org.blockraft.validate.ValidatedBlock;
import org.hyperledger.fabric.protos.peer.TxValidationCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides read conflicts of a block's transactions in block order and builds the state changes of
 * those that stand. Pure: flags and changes depend only on the block, its flags so far, the state
 * before it and the private write sets at hand. Safe for use by many threads.
 *
 * <p>Fabric: core/ledger/kvledger/txmgmt/validation/{batch_preparer,validator}.go.
 */
public final class Mvcc {

  private static final Logger LOG = LoggerFactory.getLogger(Mvcc.class);

  /** Where the channel configuration stands in the state, in the namespace without a name. */
  public static final String CONFIG_KEY = "CHANNEL_CONFIG_ENV_BYTES";

  private final ValidatedBlock block;
  private final StateView committed;
  private final PrivateWriteSets privateWriteSets;
  private final byte[] flags;
  private final Map<StateKey, PurgedKey> purges = new LinkedHashMap<>();

  /** A transaction that is still valid. */
  record Candidate(int index, ReadWriteSet readWriteSet) {}

  private Mvcc(ValidatedBlock block, StateView committed, PrivateWriteSets privateWriteSets) {
    this.block = block;
    this.committed = committed;
    this.privateWriteSets = privateWriteSets;
    this.flags = block.flags().clone();
  }

  /**
   * Checks the transactions that are valid so far, in block order, and collects the changes.
   *
   * @param committed the state before the block
   * @throws MvccException if the channel must stop
   */
  public static MvccOutcome decide(
      ValidatedBlock block, StateView committed, PrivateWriteSets privateWriteSets) {
    return new Mvcc(block, committed, privateWriteSets).run(true);
  }

  /**
   * As {@link #decide} for a block whose flags are final: nothing is checked.
   *
   * @throws MvccException if the channel must stop
   */
  public static MvccOutcome replay(
      ValidatedBlock block, StateView committed, PrivateWriteSets privateWriteSets) {
    return new Mvcc(block, committed, privateWriteSets).run(false);
  }

  private MvccOutcome run(boolean check) {
    List<Candidate> candidates = candidates();
    ReadAhead reads = ReadAhead.of(committed, candidates, check);
    RunningBatch batch = new RunningBatch(reads);
    ReadChecks checks = new ReadChecks(reads, batch);
    List<Candidate> valid = new ArrayList<>(candidates.size());
    for (Candidate candidate : candidates) {
      if (check) {
        TxValidationCode code = checks.check(candidate.readWriteSet());
        flags[candidate.index()] = (byte) code.getNumber();
        logConflict(candidate, code);
      }
      if (flags[candidate.index()] == TxValidationCode.VALID_VALUE) {
        batch.apply(candidate.readWriteSet(), version(candidate));
        notePurges(candidate);
        valid.add(candidate);
      }
    }
    PrivateUpdates privateUpdates = new PrivateUpdates(committed, batch, block.number());
    for (Candidate candidate : valid) {
      privateUpdates.apply(
          candidate,
          privateWriteSets.byTransaction().get(candidate.index()),
          privateWriteSets.recorded());
    }
    return new MvccOutcome(
        flags,
        batch.updates(),
        privateUpdates.finish(),
        UpdatesBytes.of(batch),
        List.copyOf(purges.values()));
  }

  private List<Candidate> candidates() {
    List<Candidate> candidates = new ArrayList<>(flags.length);
    for (int i = 0; i < flags.length; i++) {
      if (flags[i] != TxValidationCode.VALID_VALUE) {
        continue;
      }
      ParsedTransaction transaction = block.transactions().get(i);
      switch (transaction.type()) {
        case ParsedTransaction.ENDORSER_TRANSACTION -> endorsed(i, transaction, candidates);
        case ParsedTransaction.CONFIG -> candidates.add(configuration(i, transaction));
        default -> {
          // Other kinds do not touch the state.
        }
      }
    }
    return candidates;
  }

  private void endorsed(int index, ParsedTransaction transaction, List<Candidate> into) {
    Optional<ReadWriteSet> readWriteSet = transaction.readWriteSet();
    if (readWriteSet.isPresent()) {
      into.add(new Candidate(index, readWriteSet.get()));
    } else {
      flags[index] =
          (byte)
              (transaction.chaincodeAction().isPresent()
                  ? TxValidationCode.INVALID_OTHER_REASON_VALUE
                  : TxValidationCode.NIL_TXACTION_VALUE);
    }
  }

  private static Candidate configuration(int index, ParsedTransaction transaction) {
    if (transaction.data().isEmpty()) {
      throw new MvccException("channel config found nil");
    }
    byte[] envelope = transaction.data().toByteArray();
    byte[] key = StateKey.of("", CONFIG_KEY).key();
    return new Candidate(index, ReadWriteSet.ofWrite("", key, envelope));
  }

  private void logConflict(Candidate candidate, TxValidationCode code) {
    if (code != TxValidationCode.VALID && LOG.isDebugEnabled()) {
      LOG.debug(
          "Block [{}] Transaction index [{}] TxId [{}] marked as invalid by state validator."
              + " Reason code [{}]",
          block.number(),
          candidate.index(),
          block.transactions().get(candidate.index()).txId(),
          code);
    }
  }

  private Version version(Candidate candidate) {
    return new Version(block.number(), candidate.index());
  }

  private void notePurges(Candidate candidate) {
    for (NamespaceReadWrites namespace : candidate.readWriteSet().namespaces()) {
      for (CollectionReadWrites collection : namespace.collections()) {
        for (KeyWrite write : collection.keys().writes()) {
          if (write.purge()) {
            String name = namespace.namespace();
            purges.put(
                RunningBatch.hashedKey(name, collection.collection(), write.key()),
                new PurgedKey(name, collection.collection(), write.key(), version(candidate)));
          }
        }
      }
    }
  }
}
