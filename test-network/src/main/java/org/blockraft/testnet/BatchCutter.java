package org.blockraft.testnet;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;

/**
 * Groups envelopes into blocks by count and bytes, by the rules of Fabric's {@code
 * orderer/common/blockcutter}. Owned by the orderer's chain thread.
 */
final class BatchCutter {
  private final List<ByteString> pending = new ArrayList<>();
  private long pendingBytes;

  /** What {@link #add} cut, and whether messages are left that the batch timer must cover. */
  record Cut(List<List<ByteString>> batches, boolean pending) {}

  Cut add(ByteString envelope, ChannelGenesis.Batches limits) {
    List<List<ByteString>> batches = new ArrayList<>();
    if (envelope.size() > limits.preferredBytesMax()) {
      cutInto(batches);
      batches.add(List.of(envelope));
      return new Cut(batches, false);
    }
    if (pendingBytes + envelope.size() > limits.preferredBytesMax()) {
      cutInto(batches);
    }
    pending.add(envelope);
    pendingBytes += envelope.size();
    if (pending.size() >= limits.messagesMax()) {
      cutInto(batches);
    }
    return new Cut(batches, !pending.isEmpty());
  }

  /** Everything that is waiting; empty when nothing is. */
  List<ByteString> cut() {
    List<ByteString> batch = List.copyOf(pending);
    pending.clear();
    pendingBytes = 0;
    return batch;
  }

  private void cutInto(List<List<ByteString>> batches) {
    if (!pending.isEmpty()) {
      batches.add(cut());
    }
  }
}
