package org.blockraft.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** An open RocksDB database and everything native that must be freed with it. */
final class RocksInstance {

  /** About one false positive in a hundred: the usual trade of memory for reads. */
  private static final double BLOOM_BITS_PER_KEY = 10;

  /** Larger than the default 4 KiB: halves the index, and state is mostly cached anyway. */
  private static final long TABLE_BLOCK_BYTES = 16 << 10;

  /** Write buffers per family, one being filled while others go to disk. */
  private static final int MEMTABLES_MAX = 3;

  /** Part of a write buffer for a filter, which spares most searches for keys not in it. */
  private static final double MEMTABLE_BLOOM_RATIO = 0.05;

  /** The engine's own log: small, and only a few generations. */
  private static final long INFO_LOG_BYTES = 1 << 20;

  private static final long INFO_LOG_FILES = 4;

  /** Writes to disk in slices, so that a flush does not stall the log's sync. */
  private static final long BYTES_PER_SYNC = 1 << 20;

  private final RocksDB database;
  private final Map<String, ColumnFamilyHandle> families;
  private final List<AutoCloseable> owned;

  private RocksInstance(
      RocksDB database, Map<String, ColumnFamilyHandle> families, List<AutoCloseable> owned) {
    this.database = database;
    this.families = families;
    this.owned = owned;
  }

  static RocksInstance open(
      Path directory, List<String> families, KeyValueLimits limits, KeyValueCache cache) {
    List<AutoCloseable> owned = new ArrayList<>();
    try {
      Files.createDirectories(directory);
      ColumnFamilyOptions familyOptions = familyOptions(limits, cache, owned);
      DBOptions options = options(limits);
      owned.add(options);
      List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
      for (String family : allFamilies(directory, families)) {
        descriptors.add(
            new ColumnFamilyDescriptor(family.getBytes(StandardCharsets.UTF_8), familyOptions));
      }
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      RocksDB database = RocksDB.open(options, directory.toString(), descriptors, handles);
      Map<String, ColumnFamilyHandle> named = new LinkedHashMap<>();
      for (int i = 0; i < handles.size(); i++) {
        named.put(new String(descriptors.get(i).getName(), StandardCharsets.UTF_8), handles.get(i));
      }
      return new RocksInstance(database, Map.copyOf(named), owned);
    } catch (RocksDBException | IOException failure) {
      closeAll(owned);
      throw new StateException("cannot open the store " + directory, failure);
    }
  }

  RocksDB database() {
    return database;
  }

  ColumnFamilyHandle family(String name) {
    ColumnFamilyHandle handle = families.get(name);
    if (handle == null) {
      throw new StateException("the store has no family " + name);
    }
    return handle;
  }

  List<ColumnFamilyHandle> handles() {
    return List.copyOf(families.values());
  }

  void close() {
    families.values().forEach(ColumnFamilyHandle::close);
    database.close();
    closeAll(owned);
  }

  private static Set<String> allFamilies(Path directory, List<String> wanted)
      throws RocksDBException {
    Set<String> names = new LinkedHashSet<>();
    names.add(KeyValueStore.DEFAULT_FAMILY);
    names.addAll(wanted);
    try (Options plain = new Options()) {
      for (byte[] stored : RocksDB.listColumnFamilies(plain, directory.toString())) {
        names.add(new String(stored, StandardCharsets.UTF_8));
      }
    }
    return names;
  }

  private static ColumnFamilyOptions familyOptions(
      KeyValueLimits limits, KeyValueCache cache, List<AutoCloseable> owned) {
    BloomFilter bloom = new BloomFilter(BLOOM_BITS_PER_KEY, false);
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(cache.cache())
            .setFilterPolicy(bloom)
            .setBlockSize(TABLE_BLOCK_BYTES)
            .setIndexType(IndexType.kBinarySearch)
            .setCacheIndexAndFilterBlocks(true)
            .setCacheIndexAndFilterBlocksWithHighPriority(true)
            .setPinL0FilterAndIndexBlocksInCache(true);
    ColumnFamilyOptions options =
        new ColumnFamilyOptions()
            .setTableFormatConfig(table)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setWriteBufferSize(limits.memtableBytes())
            .setMaxWriteBufferNumber(MEMTABLES_MAX)
            .setMemtablePrefixBloomSizeRatio(MEMTABLE_BLOOM_RATIO)
            .setMemtableWholeKeyFiltering(true)
            .setLevelCompactionDynamicLevelBytes(true);
    owned.add(options);
    owned.add(bloom);
    return options;
  }

  private static DBOptions options(KeyValueLimits limits) {
    return new DBOptions()
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        .setMaxBackgroundJobs(limits.backgroundJobs())
        .setMaxOpenFiles(limits.openFilesMax())
        .setMaxTotalWalSize(limits.logBytesMax())
        .setBytesPerSync(BYTES_PER_SYNC)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(INFO_LOG_BYTES)
        .setKeepLogFileNum(INFO_LOG_FILES);
  }

  private static void closeAll(List<AutoCloseable> owned) {
    for (AutoCloseable each : owned) {
      try {
        each.close();
      } catch (Exception failure) {
        throw new StateException("cannot free native memory", failure);
      }
    }
  }
}
