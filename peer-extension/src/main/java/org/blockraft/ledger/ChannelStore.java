package org.blockraft.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.blockraft.merkle.TreePipeline;
import org.blockraft.merkle.TreeStore;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueCache;
import org.blockraft.state.KeyValueStore;
import org.blockraft.state.StateDb;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything a channel keeps on disk: the block files, and the store with what is made from them.
 *
 * <p>Invariant: state, history, index, collection history and expiry schedule change only together
 * with the state's height, in one batch. They may be behind the block files, never ahead; if a
 * power failure took the end of the block files, they are made again from the first block.
 */
final class ChannelStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelStore.class);

  /** Made from the blocks; private data is not. */
  private static final List<String> DERIVED =
      List.of(
          KeyValueStore.DEFAULT_FAMILY,
          StateDb.FAMILY,
          BlockIndex.BLOCKS,
          BlockIndex.TRANSACTIONS,
          HistoryIndex.FAMILY,
          CollectionHistory.FAMILY,
          StateExpiry.FAMILY,
          TreeStore.TREE,
          TreeStore.CHANGES);

  private static final List<String> FAMILIES =
      List.of(
          StateDb.FAMILY,
          TreeStore.TREE,
          TreeStore.CHANGES,
          BlockIndex.BLOCKS,
          BlockIndex.TRANSACTIONS,
          HistoryIndex.FAMILY,
          CollectionHistory.FAMILY,
          StateExpiry.FAMILY,
          PrivateDataStore.FAMILY);

  final String channelId;
  final KeyValueStore keyValues;
  final StateDb state;
  final BlockFile file;
  final BlockIndex index;
  final HistoryIndex history;
  final CollectionConfigs configs;
  final CollectionHistory collectionHistory;
  final StateExpiry expiry;
  final PrivateDataStore privateData;
  final PrivateDataCleaner cleaner;
  final TransientStore transientStore;

  /** The Merkle tree over the state; empty if none is kept. */
  final Optional<TreePipeline> tree;

  /**
   * @param treeWorkers threads for trees
   */
  ChannelStore(
      String channelId,
      Path directory,
      LedgerSettings settings,
      KeyValueCache cache,
      TransientStore transientStore,
      Executor treeWorkers) {
    this.channelId = channelId;
    this.transientStore = transientStore;
    keyValues = KeyValueStore.open(directory.resolve("store"), FAMILIES, settings.store(), cache);
    boolean opened = false;
    try {
      Path blocks = directory.resolve("blocks");
      BlockLocation last = lastBlock(blocks);
      state = new StateDb(keyValues);
      index = new BlockIndex(keyValues);
      file =
          last == null
              ? BlockFile.open(blocks, settings.segmentBytesMax(), 0, 0)
              : BlockFile.open(blocks, settings.segmentBytesMax(), last.segment(), last.end());
      history = new HistoryIndex(keyValues, this::envelope);
      configs = new CollectionConfigs(settings.mspId());
      collectionHistory = new CollectionHistory(keyValues);
      expiry = new StateExpiry(keyValues, configs);
      privateData = new PrivateDataStore(keyValues, configs);
      cleaner = new PrivateDataCleaner(keyValues, channelId);
      tree =
          settings
              .tree()
              .map(
                  limits ->
                      new TreePipeline(
                          channelId, new TreeStore(keyValues), state, limits, treeWorkers));
      opened = true;
    } finally {
      if (!opened) {
        keyValues.close();
      }
    }
  }

  /** Where the last indexed block lies, null if there is none or it has to be made again. */
  private BlockLocation lastBlock(Path blocks) {
    long height = new StateDb(keyValues).height();
    if (height == 0) {
      return null;
    }
    BlockLocation last = new BlockIndex(keyValues).location(height - 1).orElse(null);
    if (last != null && BlockFile.holds(blocks, height - 1, last)) {
      return last;
    }
    LOG.warn(
        "[{}] The state includes {} blocks but the block files do not; making it again from the"
            + " first block",
        channelId,
        height);
    try (KeyValueBatch batch = keyValues.batch()) {
      byte[] behindAll = {(byte) 0xff};
      for (String family : DERIVED) {
        batch.deleteRange(family, new byte[0], behindAll);
      }
      keyValues.write(batch, true);
    }
    return null;
  }

  /** A stored block; throws with stock's text if there is none of that number. */
  byte[] payload(long number) {
    return file.read(number, location(number));
  }

  BlockLocation location(long number) {
    return index
        .location(number)
        .orElseThrow(
            () ->
                new LedgerException(
                    "no such block number [%s] in index".formatted(Long.toUnsignedString(number))));
  }

  /** A stored envelope; throws with stock's text if there is none at that place. */
  ByteString envelope(long block, int tx) {
    BlockLocation location = location(block);
    if (tx < 0 || tx >= location.transactionCount()) {
      throw new LedgerException(
          "no such blockNumber, transactionNumber <%d, %d> in index".formatted(block, tx));
    }
    return UnsafeByteOperations.unsafeWrap(file.readEnvelope(block, location, tx));
  }

  @Override
  public void close() {
    tree.ifPresent(TreePipeline::close);
    file.close();
    keyValues.close();
  }
}
