package org.blockraft.mvcc;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.NavigableSet;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateUpdates.Update;

/**
 * The bytes of a block's public and hashed changes that go into the commit hash: a list of writes
 * by namespace, public keys before collections, keys in order. Only the first write of a namespace
 * carries its name, and only the first of a collection the collection's. The namespace without a
 * name, which holds the channel configuration, is left out, and so is all metadata.
 *
 * <p>Fabric: core/ledger/kvledger/txmgmt/txmgr/update_batch_bytes.go, updates.proto.
 */
final class UpdatesBytes {

  private static final int KVWRITES = 1;
  private static final int NAMESPACE = 1;
  private static final int COLLECTION = 2;
  private static final int KEY = 3;
  private static final int IS_DELETE = 4;
  private static final int VALUE = 5;
  private static final int VERSION_BYTES = 6;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);
  private String namespace = "";
  private String collection = "";

  private UpdatesBytes() {}

  static byte[] of(RunningBatch batch) {
    UpdatesBytes writer = new UpdatesBytes();
    try {
      for (Map.Entry<String, NavigableSet<String>> entry : batch.collections().entrySet()) {
        if (!entry.getKey().isEmpty()) {
          writer.namespace(entry.getKey(), entry.getValue(), batch);
        }
      }
      writer.out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return writer.bytes.toByteArray();
  }

  private void namespace(String name, NavigableSet<String> collections, RunningBatch batch)
      throws IOException {
    namespace = name;
    writes(batch.updates().of(name));
    for (String each : collections) {
      collection = each;
      writes(batch.updates().of(Namespaces.hashed(name, each)));
    }
  }

  private void writes(Map<byte[], Update> updates) throws IOException {
    for (Map.Entry<byte[], Update> entry : updates.entrySet()) {
      write(entry.getKey(), entry.getValue());
    }
  }

  private void write(byte[] key, Update update) throws IOException {
    byte[] value = update.isDelete() ? new byte[0] : update.value().value();
    byte[] version = update.version().encode();
    int size = CodedOutputStream.computeByteArraySize(VERSION_BYTES, version);
    size += namespace.isEmpty() ? 0 : CodedOutputStream.computeStringSize(NAMESPACE, namespace);
    size += collection.isEmpty() ? 0 : CodedOutputStream.computeStringSize(COLLECTION, collection);
    size += key.length == 0 ? 0 : CodedOutputStream.computeByteArraySize(KEY, key);
    size += update.isDelete() ? CodedOutputStream.computeBoolSize(IS_DELETE, true) : 0;
    size += value.length == 0 ? 0 : CodedOutputStream.computeByteArraySize(VALUE, value);
    out.writeUInt32NoTag((KVWRITES << 3) | 2);
    out.writeUInt32NoTag(size);
    if (!namespace.isEmpty()) {
      out.writeString(NAMESPACE, namespace);
    }
    if (!collection.isEmpty()) {
      out.writeString(COLLECTION, collection);
    }
    if (key.length > 0) {
      out.writeByteArray(KEY, key);
    }
    if (update.isDelete()) {
      out.writeBool(IS_DELETE, true);
    }
    if (value.length > 0) {
      out.writeByteArray(VALUE, value);
    }
    out.writeByteArray(VERSION_BYTES, version);
    namespace = "";
    collection = "";
  }
}
