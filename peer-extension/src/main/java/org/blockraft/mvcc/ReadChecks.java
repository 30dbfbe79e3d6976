package org.blockraft.mvcc;

import org.blockraft.state.Namespaces;
import org.blockraft.state.StateKey;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;
import org.blockraft.validate.KeyReadWrites;
import org.blockraft.validate.KeyReadWrites.KeyRead;
import org.blockraft.validate.KeyReadWrites.RangeRead;
import org.blockraft.validate.ReadWriteSet;
import org.blockraft.validate.ReadWriteSet.CollectionReadWrites;
import org.blockraft.validate.ReadWriteSet.NamespaceReadWrites;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/**
 * Whether what a transaction read is still so after the block's earlier valid transactions. A key
 * written by one of those conflicts whatever its version. Owned by one thread.
 *
 * <p>Fabric: core/ledger/kvledger/txmgmt/validation/validator.go validateTx.
 */
final class ReadChecks {

  private final ReadAhead committed;
  private final RunningBatch batch;

  ReadChecks(ReadAhead committed, RunningBatch batch) {
    this.committed = committed;
    this.batch = batch;
  }

  TxValidationCode check(ReadWriteSet readWriteSet) {
    for (NamespaceReadWrites namespace : readWriteSet.namespaces()) {
      String name = namespace.namespace();
      if (!current(name, batch.mayHold(name), namespace.keys())) {
        return TxValidationCode.MVCC_READ_CONFLICT;
      }
      for (RangeRead range : namespace.keys().ranges()) {
        if (!RangeCheck.holds(name, range, committed, batch)) {
          return TxValidationCode.PHANTOM_READ_CONFLICT;
        }
      }
      for (CollectionReadWrites collection : namespace.collections()) {
        String hashed = Namespaces.hashed(name, collection.collection());
        if (!current(hashed, true, collection.keys())) {
          return TxValidationCode.MVCC_READ_CONFLICT;
        }
      }
    }
    return TxValidationCode.VALID;
  }

  private boolean current(String namespace, boolean inBatch, KeyReadWrites keys) {
    for (KeyRead read : keys.reads()) {
      if (inBatch && batch.updates().get(namespace, read.key()) != null) {
        return false;
      }
      VersionedValue value = committed.get(new StateKey(namespace, read.key()));
      if (!same(value == null ? null : value.version(), read.version())) {
        return false;
      }
    }
    return true;
  }

  /** Two absent versions are the same: the key did not exist and still does not. */
  static boolean same(Version one, Version other) {
    return one == null ? other == null : one.equals(other);
  }
}
