package org.blockraft.merkle;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

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

  /** Of node i at i times the size of a hash: 1 is the top, the children of i are 2i and 2i+1. */
  private byte[] hashes = new byte[2 * HASH];

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
    hashes = new byte[2 * count * HASH];
    System.arraycopy(stored.pageRoots(), 0, hashes, count * HASH, count * HASH);
    pages = new byte[count][];
    for (int i = 0; i < count; i++) {
      if (storedAt[i] == 0) {
        pages[i] = Page.EMPTY;
      }
    }
    for (int node = count - 1; node > 0; node--) {
      combine(node, hasher);
    }
    if (!Arrays.equals(hashes, HASH, 2 * HASH, stored.root(), 0, HASH)) {
      throw new MerkleException("the rows of shard " + number + " do not give its root");
    }
  }

  int number() {
    return number;
  }

  int levels() {
    return levels;
  }

  long leaves() {
    return leaves;
  }

  /** The hash of the shard, at the start of the returned array's node 1. */
  void root(byte[] into, int at) {
    System.arraycopy(hashes, HASH, into, at, HASH);
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
    int first = 1 << levels;
    for (int page : touched) {
      int end = at;
      while (end < to && pageOf(changes, end) == page) {
        end += ChangeSet.ENTRY_BYTES;
      }
      replace(page, Page.merge(pages[page], changes, at, end));
      Page.root(pages[page], hasher, hashes, (first + page) * HASH);
      at = end;
    }
    return rehash(touched, hasher);
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

  /** Brings the hashes above some pages up to date. */
  private long rehash(int[] nodes, TreeHasher hasher) {
    int[] above = nodes.clone();
    int count = above.length;
    long computed = 0;
    for (int i = 0; i < count; i++) {
      above[i] += 1 << levels;
    }
    for (int level = levels; level > 0; level--) {
      int parents = 0;
      for (int i = 0; i < count; i++) {
        int parent = above[i] >>> 1;
        if (parents == 0 || above[parents - 1] != parent) {
          above[parents++] = parent;
          combine(parent, hasher);
        }
      }
      count = parents;
      computed += parents;
    }
    return computed;
  }

  private void combine(int node, TreeHasher hasher) {
    int depth = SHARD_BITS + Integer.SIZE - 1 - Integer.numberOfLeadingZeros(node);
    hasher.combine(
        depth, hashes, 2 * node * HASH, hashes, (2 * node + 1) * HASH, hashes, node * HASH);
  }

  /** Splits every page in two. Roots do not depend on where pages begin. */
  private void grow(TreeHasher hasher) {
    int count = 1 << levels;
    int[] all = new int[count];
    Arrays.setAll(all, i -> i);
    load(all);
    byte[][] halves = new byte[2 * count][];
    byte[] grown = new byte[4 * count * HASH];
    System.arraycopy(hashes, 0, grown, 0, 2 * count * HASH);
    BitSet now = new BitSet(2 * count);
    forgetStored();
    dirtyBytes = 0;
    for (int i = 0; i < count; i++) {
      byte[] page = pages[i];
      int middle = Page.split(page, 0, page.length, SHARD_BITS + levels);
      halves[2 * i] = Arrays.copyOf(page, middle);
      halves[2 * i + 1] = Arrays.copyOfRange(page, middle, page.length);
      for (int half = 2 * i; half < 2 * i + 2; half++) {
        Page.root(halves[half], hasher, grown, (2 * count + half) * HASH);
        now.set(half, halves[half].length > 0);
        dirtyBytes += halves[half].length;
      }
    }
    pages = halves;
    hashes = grown;
    storedAt = new long[2 * count];
    chunksStoredAt = new long[chunksOf(2 * count)];
    dirtyChunks = new BitSet();
    dirtyChunks.set(0, chunksStoredAt.length);
    dirty = now;
    used = (BitSet) now.clone();
    hand = 0;
    levels++;
  }

  private static int chunksOf(int pages) {
    return 1 + (pages - 1) / ShardChanges.CHUNK_PAGES;
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
    int node = 1;
    for (int level = 0; level < levels; level++) {
      node = step(hashes, node, SHARD_BITS + level, position, proof);
    }
    int page = node - (1 << levels);
    load(new int[] {page});
    Page.prove(pages[page], position, hasher, proof);
  }

  /** One step down: where one child is empty, what is there is the other one's. */
  static int step(byte[] hashes, int node, int depth, byte[] position, LeafProof.Builder proof) {
    int left = 2 * node;
    if (TreeHasher.isEmpty(hashes, left * HASH)) {
      return left + 1;
    }
    if (TreeHasher.isEmpty(hashes, (left + 1) * HASH)) {
      return left;
    }
    int next = EntryOrder.bit(position, 0, depth) ? left + 1 : left;
    proof.add(depth, hashes, (next ^ 1) * HASH);
    return next;
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

  /** All leaves in order, page by page. */
  void forEachPage(Consumer<byte[]> each) {
    for (int i = 0; i < pages.length; i++) {
      load(new int[] {i});
      each.accept(pages[i]);
    }
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
    byte[] root = Arrays.copyOfRange(hashes, HASH, 2 * HASH);
    rows.add(
        new ShardChanges.Row(
            TreeRows.shard(number, height), TreeRows.shardValue(levels, leaves, root)));
    changed = false;
    ShardChanges changes = new ShardChanges(number, rows, stale);
    stale = new ArrayList<>();
    return changes;
  }

  private byte[] chunk(int number) {
    int count = 1 << levels;
    int from = number * ShardChanges.CHUNK_PAGES;
    int to = Math.min(from + ShardChanges.CHUNK_PAGES, count);
    return TreeRows.chunkValue(hashes, (count + from) * HASH, storedAt, from, to);
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
