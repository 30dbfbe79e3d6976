package org.blockraft.state;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The state at one height, read from the store. Thread-safe. Readers never wait for the committer;
 * close it soon, since it holds back the removal of old values.
 */
public final class StateSnapshot implements StateView {

  private final KeyValueSnapshot snapshot;
  private final Set<String> metadataNamespaces;
  private final long height;

  StateSnapshot(KeyValueSnapshot snapshot, Set<String> metadataNamespaces) {
    this.snapshot = snapshot;
    this.metadataNamespaces = metadataNamespaces;
    this.height = StateDb.height(snapshot);
  }

  @Override
  public VersionedValue get(String namespace, byte[] key) {
    return StateCodec.value(snapshot.get(StateDb.FAMILY, StateCodec.rowKey(namespace, key)));
  }

  @Override
  public VersionedValue[] getAll(List<StateKey> keys) {
    List<byte[]> rowKeys = new ArrayList<>(keys.size());
    for (StateKey key : keys) {
      rowKeys.add(StateCodec.rowKey(key.namespace(), key.key()));
    }
    byte[][] rows = snapshot.multiGet(StateDb.FAMILY, rowKeys);
    VersionedValue[] values = new VersionedValue[rows.length];
    for (int i = 0; i < rows.length; i++) {
      values[i] = StateCodec.value(rows[i]);
    }
    return values;
  }

  @Override
  public StateIterator range(String namespace, byte[] start, byte[] end) {
    byte[] prefix = StateCodec.prefix(namespace);
    byte[] from = StateCodec.rowKey(prefix, start);
    byte[] to = end.length == 0 ? StateCodec.end(prefix) : StateCodec.rowKey(prefix, end);
    return new Rows(prefix.length, snapshot.iterator(StateDb.FAMILY, from, to, false));
  }

  /** All rows of all namespaces in order of namespace, then key. */
  public FullScan scan() {
    return new FullScan(snapshot.iterator(StateDb.FAMILY, new byte[0], new byte[0], false));
  }

  @Override
  public long height() {
    return height;
  }

  @Override
  public boolean mayHaveMetadata(String namespace) {
    return metadataNamespaces.contains(namespace);
  }

  @Override
  public void close() {
    snapshot.close();
  }

  private static final class Rows implements StateIterator {

    private final int prefixLength;
    private final KeyValueIterator rows;

    Rows(int prefixLength, KeyValueIterator rows) {
      this.prefixLength = prefixLength;
      this.rows = rows;
    }

    @Override
    public StateEntry next() {
      if (!rows.next()) {
        return null;
      }
      byte[] rowKey = rows.key();
      return new StateEntry(
          Arrays.copyOfRange(rowKey, prefixLength, rowKey.length), StateCodec.value(rows.value()));
    }

    @Override
    public void close() {
      rows.close();
    }
  }

  /** Rows of the whole state. Used by one thread at a time. */
  public static final class FullScan implements AutoCloseable {

    private final KeyValueIterator rows;
    private String namespace;
    private StateEntry entry;

    private FullScan(KeyValueIterator rows) {
      this.rows = rows;
    }

    /** Moves to the next row; false at the end. */
    public boolean next() {
      if (!rows.next()) {
        return false;
      }
      byte[] rowKey = rows.key();
      int separator = StateCodec.separator(rowKey);
      namespace = new String(rowKey, 0, separator, StandardCharsets.UTF_8);
      entry =
          new StateEntry(
              Arrays.copyOfRange(rowKey, separator + 1, rowKey.length),
              StateCodec.value(rows.value()));
      return true;
    }

    /** Namespace of the current row. */
    public String namespace() {
      return namespace;
    }

    /** The current row. */
    public StateEntry entry() {
      return entry;
    }

    @Override
    public void close() {
      rows.close();
    }
  }
}
