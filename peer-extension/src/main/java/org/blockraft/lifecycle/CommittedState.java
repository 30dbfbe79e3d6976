package org.blockraft.lifecycle;

import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import org.blockraft.state.StateEntry;
import org.blockraft.state.StateIterator;
import org.blockraft.state.StateView;
import org.blockraft.state.VersionedValue;

/** One namespace of the committed state; reads leave no trace in any read set. */
record CommittedState(StateView view, String namespace) implements ReadableState, RangeableState {

  @Override
  public byte[] get(String key) {
    VersionedValue value = view.get(namespace, key.getBytes(StandardCharsets.UTF_8));
    return value == null ? null : value.value();
  }

  @Override
  public SortedMap<String, byte[]> range(String prefix) {
    SortedMap<String, byte[]> result = new TreeMap<>();
    try (StateIterator rows =
        view.range(
            namespace,
            prefix.getBytes(StandardCharsets.UTF_8),
            (prefix + PREFIX_END).getBytes(StandardCharsets.UTF_8))) {
      for (StateEntry row = rows.next(); row != null; row = rows.next()) {
        result.put(new String(row.key(), StandardCharsets.UTF_8), row.value().value());
      }
    }
    return result;
  }
}
