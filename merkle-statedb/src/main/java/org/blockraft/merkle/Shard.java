package org.blockraft.merkle;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The subtree of all positions with one first byte: a full binary tree of hashes in an array, with
 * pages of leaves below. It grows a level when pages become too large. Which pages are in memory is
 * bounded; the others are read from the store when they change.
 *
 * <p>One thread at a time works on a shard.
 */
final class Shard {
  /** Bits of a position that lead to the shard. */
  static final int SHARD_BITS = Byte.SIZE;

  /** Leaves for each page, on average, at which the pages are split: half as many are left. */
  private static final int PAGE_LEAVES = 8;

  /** Pages are numbered by an int, and their hashes fit in one array. */
  private static final int LEVELS_MAX = 24;

  private static final int HASH = TreeHasher.HASH_BYTES;

  private final int number;
  private final PageSource source;
  private int levels;
  private long leaves;

  /** Above the pages. */
  private HashTree tree = new HashTree(SHARD_BITS, 0);

  /** Null where a page is not in memory. */
  private byte[][] pages = {Page.EMPTY};

  /** Under which height the newest stored copy of a page is; 0 if there is none. */
  private long[] storedAt = new long[1];

  /** Under which height the newest stored copies of chunks, and of the shard's row, are. */
  private long[] chunksStoredAt = new long[1];

  private long shardStoredAt;

  /** Pages that differ from their stored copies, and chunks that do. */
  private BitSet dirty = new BitSet();

  private BitSet dirtyChunks = new BitSet();

  /** Keys of rows that the next checkpoint replaces. */
  private List<byte[]> stale = new ArrayList<>();

  /** Rows of the next checkpoint that were written early and whose pages are empty by now. */
  private final Map<Integer, byte[]> emptied = new HashMap<>();

  private long dirtyBytes;
  private BitSet used = new BitSet();
  private long cachedBytes;
  private int hand;
  private boolean changed;
  private long hits;
  private long misses;

  /**
   * @param source of pages that are not in memory
   */
  Shard(int number, PageSource source) {
    this.number = number;
    this.source = source;
  }

  /** Where pages are read from. */
  interface PageSource {
    /** Pages in the order of their numbers; each is there. */
    List<byte[]> load(int shard, int levels, int[] numbers, long[] storedAt);
  }

  /** Everything but the pages, as it is read from the store. */
  void restore(StoredShard stored, TreeHasher hasher) {
    levels = stored.levels();
    leaves = stored.leaves();
    shardStoredAt = stored.height();
    chunksStoredAt = stored.chunksStoredAt();
    storedAt = stored.pagesStoredAt();
    int count = 1 << levels;
    tree = new HashTree(SHARD_BITS, levels);
    System.arraycopy(stored.pageRoots(), 0, tree.hashes(), tree.at(0), count * HASH);
    pages = new byte[count][];
    for (int i = 0; i < count; i++) {
      if (storedAt[i] == 0) {
        pages[i] = Page.EMPTY;
      }
    }
    tree.rehash(hasher);
    if (!Arrays.equals(tree.root(), stored.root())) {
      throw new MerkleException("the rows of shard " + number + " do not give its root");
    }
  }

  long leaves() {
    return leaves;
  }

  /** Writes the hash at the top of the shard. */
  void root(byte[] into, int at) {
    System.arraycopy(tree.root(), 0, into, at, HASH);
  }

  /** Whether anything has changed since {@link #collect}. */
  boolean hasChanged() {
    return changed;
  }

  /** Changes leaves; returns the number of hashes computed. */
  long apply(byte[] changes, int from, int to, TreeHasher hasher) {
    int count = (to - from) / ChangeSet.ENTRY_BYTES;
    while (leaves + count > (long) PAGE_LEAVES << levels && levels < LEVELS_MAX) {
      grow(hasher);
    }
    changed = true;
    int[] touched = touched(changes, from, to);
    load(touched);
    int at = from;
    for (int page : touched) {
      int end = at;
      while (end < to && pageOf(changes, end) == page) {
        end += ChangeSet.ENTRY_BYTES;
      }
      replace(page, Page.merge(pages[page], changes, at, end));
      Page.root(pages[page], hasher, tree.hashes(), tree.at(page));
      at = end;
    }
    return tree.rehash(touched, touched.length, hasher);
  }

  private int pageOf(byte[] entries, int at) {
    return EntryOrder.bits(entries, at, SHARD_BITS, levels);
  }

  private int[] touched(byte[] changes, int from, int to) {
    int[] numbers = new int[(to - from) / ChangeSet.ENTRY_BYTES];
    int count = 0;
    for (int at = from; at < to; at += ChangeSet.ENTRY_BYTES) {
      int page = pageOf(changes, at);
      if (count == 0 || numbers[count - 1] != page) {
        numbers[count++] = page;
      }
    }
    return Arrays.copyOf(numbers, count);
  }

  private void load(int[] numbers) {
    int[] missing = new int[numbers.length];
    int count = 0;
    for (int page : numbers) {
      used.set(page);
      if (pages[page] == null) {
        missing[count++] = page;
      }
    }
    hits += numbers.length - count;
    misses += count;
    if (count == 0) {
      return;
    }
    int[] wanted = Arrays.copyOf(missing, count);
    long[] heights = new long[count];
    for (int i = 0; i < count; i++) {
      heights[i] = storedAt[wanted[i]];
    }
    List<byte[]> loaded = source.load(number, levels, wanted, heights);
    for (int i = 0; i < count; i++) {
      pages[wanted[i]] = loaded.get(i);
      cachedBytes += loaded.get(i).length;
    }
  }

  private void replace(int page, byte[] entries) {
    leaves += (entries.length - pages[page].length) / ChangeSet.ENTRY_BYTES;
    cachedBytes += entries.length - pages[page].length;
    dirtyBytes += entries.length - (dirty.get(page) ? pages[page].length : 0);
    pages[page] = entries;
    dirty.set(page);
  }

  /** Splits every page in two. Roots do not depend on where pages begin. */
  private void grow(TreeHasher hasher) {
    int count = 1 << levels;
    int[] all = new int[count];
    Arrays.setAll(all, i -> i);
    load(all);
    byte[][] halves = new byte[2 * count][];
    HashTree grown = tree.deeper();
    BitSet now = new BitSet(2 * count);
    forgetStored();
    dirtyBytes = 0;
    for (int i = 0; i < count; i++) {
      byte[] page = pages[i];
      int middle = Page.split(page, 0, page.length, SHARD_BITS + levels);
      halves[2 * i] = Arrays.copyOf(page, middle);
      halves[2 * i + 1] = Arrays.copyOfRange(page, middle, page.length);
      for (int half = 2 * i; half < 2 * i + 2; half++) {
        Page.root(halves[half], hasher, grown.hashes(), grown.at(half));
        now.set(half, halves[half].length > 0);
        dirtyBytes += halves[half].length;
      }
    }
    pages = halves;
    tree = grown;
    storedAt = new long[2 * count];
    chunksStoredAt = new long[ShardChanges.chunksOf(2 * count)];
    dirtyChunks = new BitSet();
    dirtyChunks.set(0, chunksStoredAt.length);
    dirty = now;
    used = (BitSet) now.clone();
    hand = 0;
    levels++;
  }

  /** All rows of pages and chunks are of no use any more. */
  private void forgetStored() {
    stale.addAll(emptied.values());
    emptied.clear();
    for (int page = 0; page < storedAt.length; page++) {
      if (storedAt[page] > 0) {
        stale.add(TreeRows.page(number, levels, page, storedAt[page]));
      }
    }
    for (int chunk = 0; chunk < chunksStoredAt.length; chunk++) {
      if (chunksStoredAt[chunk] > 0) {
        stale.add(TreeRows.chunk(number, levels, chunk, chunksStoredAt[chunk]));
      }
    }
  }

  /** Goes down to the leaf at a position, or to the one that stands where it would be. */
  void prove(byte[] position, TreeHasher hasher, LeafProof.Builder proof) {
    int page = tree.descend(position, proof);
    load(new int[] {page});
    Page.prove(pages[page], position, hasher, proof);
  }

  /**
   * Adds the entries whose positions begin with some bits, in order.
   *
   * @param bytesMax that {@code into} may have afterwards
   * @return false if there are more
   */
  boolean range(byte[] prefix, int bits, ByteArrayOutputStream into, int bytesMax) {
    int known = Math.clamp(bits - SHARD_BITS, 0, levels);
    int first = EntryOrder.bits(prefix, 0, SHARD_BITS, known) << (levels - known);
    for (int page = first; page < first + (1 << (levels - known)); page++) {
      load(new int[] {page});
      byte[] entries = pages[page];
      for (int at = 0; at < entries.length; at += ChangeSet.ENTRY_BYTES) {
        if (EntryOrder.begins(entries, at, prefix, bits)) {
          if (into.size() >= bytesMax) {
            return false;
          }
          into.write(entries, at, ChangeSet.ENTRY_BYTES);
        }
      }
    }
    return true;
  }

  /**
   * Pages that differ from what is stored. From now on they count as stored under a height, and
   * stay in memory until {@link #evict} hears that they are.
   */
  List<ShardChanges.Row> takeDirty(long height) {
    List<ShardChanges.Row> rows = new ArrayList<>();
    for (int page = dirty.nextSetBit(0); page >= 0; page = dirty.nextSetBit(page + 1)) {
      boolean empty = pages[page].length == 0;
      if (storedAt[page] == height && empty) {
        emptied.put(page, TreeRows.page(number, levels, page, height));
      } else if (storedAt[page] > 0 && storedAt[page] != height) {
        stale.add(TreeRows.page(number, levels, page, storedAt[page]));
      }
      if (!empty) {
        emptied.remove(page);
        rows.add(new ShardChanges.Row(TreeRows.page(number, levels, page, height), pages[page]));
      }
      storedAt[page] = empty ? 0 : height;
      dirtyChunks.set(page / ShardChanges.CHUNK_PAGES);
    }
    dirty.clear();
    dirtyBytes = 0;
    return rows;
  }

  /** What is to be written for a checkpoint at a height. */
  ShardChanges collect(long height) {
    List<ShardChanges.Row> rows = takeDirty(height);
    for (int i = dirtyChunks.nextSetBit(0); i >= 0; i = dirtyChunks.nextSetBit(i + 1)) {
      if (chunksStoredAt[i] > 0) {
        stale.add(TreeRows.chunk(number, levels, i, chunksStoredAt[i]));
      }
      chunksStoredAt[i] = height;
      rows.add(new ShardChanges.Row(TreeRows.chunk(number, levels, i, height), chunk(i)));
    }
    dirtyChunks.clear();
    stale.addAll(emptied.values());
    emptied.clear();
    if (shardStoredAt > 0) {
      stale.add(TreeRows.shard(number, shardStoredAt));
    }
    shardStoredAt = height;
    rows.add(
        new ShardChanges.Row(
            TreeRows.shard(number, height), TreeRows.shardValue(levels, leaves, tree.root())));
    changed = false;
    ShardChanges changes = new ShardChanges(number, rows, stale);
    stale = new ArrayList<>();
    return changes;
  }

  private byte[] chunk(int number) {
    int from = number * ShardChanges.CHUNK_PAGES;
    int to = Math.min(from + ShardChanges.CHUNK_PAGES, tree.width());
    return TreeRows.chunkValue(tree.hashes(), tree.at(from), storedAt, from, to);
  }

  long hits() {
    return hits;
  }

  long misses() {
    return misses;
  }

  long dirtyBytes() {
    return dirtyBytes;
  }

  long cachedBytes() {
    return cachedBytes;
  }

  /**
   * Lets go of pages, the longest unused first, until so many bytes are left.
   *
   * @param writing the height of pages that cannot be read back yet
   */
  void evict(long bytes, long writing) {
    int looked = 0;
    while (cachedBytes > bytes && looked < 2 * pages.length) {
      hand = hand + 1 < pages.length ? hand + 1 : 0;
      looked++;
      if (pages[hand] == null || pages[hand].length == 0 || dirty.get(hand)) {
        continue;
      }
      if (used.get(hand)) {
        used.clear(hand);
      } else if (storedAt[hand] != writing) {
        cachedBytes -= pages[hand].length;
        pages[hand] = null;
      }
    }
  }
}
