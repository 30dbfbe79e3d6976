package org.blockraft.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel's blocks in append-only files: the truth from which everything else can be made
 * again.
 *
 * <p>A record is a header (magic, payload length, block number, CRC32C over length, number and
 * payload) and a payload. Files are begun at a size limit, after the one before was forced to disk;
 * so only the last can have a torn end, which {@link #open} cuts off.
 *
 * <p>Invariants: records follow each other without gaps, in block order from 0; nothing before the
 * end of the last {@link #force} ever changes. One thread appends; {@link #read} is safe for any
 * thread, and uses a channel of its own, since an interrupt of a reader closes the channel it is
 * reading.
 */
final class BlockFile implements AutoCloseable {
  static final int HEADER_BYTES = 4 + 4 + 8 + 4;

  /** Larger than any block an orderer may cut (its absolute maximum is far below). */
  static final int PAYLOAD_BYTES_MAX = 1 << 30;

  private static final Logger LOG = LoggerFactory.getLogger(BlockFile.class);
  private static final int MAGIC = 0x42524246;

  private final Path directory;
  private final long segmentBytesMax;
  private final List<Found> found = new ArrayList<>();
  private FileChannel channel;
  private int segment;
  private long end;

  private BlockFile(Path directory, long segmentBytesMax) {
    this.directory = directory;
    this.segmentBytesMax = segmentBytesMax;
  }

  /** A whole record found when opening; what lies in its payload is not looked at. */
  record Found(long number, BlockLocation location) {}

  /**
   * Opens the files, looks for whole records from the given position on, and cuts off what is
   * behind the last one.
   *
   * @param segment file where to begin, and the offset there, both 0 for everything
   * @throws LedgerException if the position is beyond the end, or a file that is not the last is
   *     damaged
   */
  static BlockFile open(Path directory, long segmentBytesMax, int segment, long offset) {
    BlockFile file = new BlockFile(directory, segmentBytesMax);
    try {
      Files.createDirectories(directory);
      file.scan(segment, offset);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Records found when opening. */
  List<Found> found() {
    return List.copyOf(found);
  }

  /** Whether the files hold that record, whole. For use before opening. */
  static boolean holds(Path directory, long number, BlockLocation location) {
    try {
      new BlockFile(directory, 0).read(number, location);
      return true;
    } catch (LedgerException | UncheckedIOException e) {
      LOG.warn("Block {} is indexed but not in the block files: {}", number, e.getMessage());
      return false;
    }
  }

  private void scan(int first, long offset) throws IOException {
    segment = first;
    end = offset;
    while (true) {
      boolean last = !Files.exists(path(segment + 1));
      channel =
          FileChannel.open(
              path(segment),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      long size = channel.size();
      if (end > size) {
        throw new LedgerException(
            "block file " + path(segment) + " ends at " + size + ", before the indexed " + end);
      }
      for (Found next = readNext(); next != null; next = readNext()) {
        end = next.location().end();
        found.add(next);
      }
      if (last) {
        cutTail(size);
        return;
      }
      if (end != size) {
        throw new LedgerException("block file " + path(segment) + " is damaged at " + end);
      }
      channel.close();
      segment++;
      end = 0;
    }
  }

  private void cutTail(long size) throws IOException {
    if (size > end) {
      LOG.warn("Cutting {} bytes of a torn write off the end of {}", size - end, path(segment));
      channel.truncate(end);
      channel.force(true);
    }
    channel.position(end);
  }

  private Found readNext() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    if (!readFully(channel, header, end)) {
      return null;
    }
    header.flip();
    if (header.getInt() != MAGIC) {
      return null;
    }
    int length = header.getInt();
    long number = header.getLong();
    int crc = header.getInt();
    if (length < 0 || length > PAYLOAD_BYTES_MAX || end + HEADER_BYTES + length > channel.size()) {
      return null;
    }
    byte[] payload = new byte[length];
    if (!readFully(channel, ByteBuffer.wrap(payload), end + HEADER_BYTES)
        || checksum(number, payload) != crc) {
      return null;
    }
    int[] unknown = {};
    return new Found(number, new BlockLocation(segment, end, length, unknown));
  }

  /** Appends one record, without forcing it to disk. A failure leaves this object unusable. */
  BlockLocation append(long number, BlockPayload payload) {
    try {
      byte[] bytes = payload.bytes();
      if (end > 0 && end + HEADER_BYTES + bytes.length > segmentBytesMax) {
        beginSegment();
      }
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      header.putInt(MAGIC).putInt(bytes.length).putLong(number).putInt(checksum(number, bytes));
      ByteBuffer[] record = {header.flip(), ByteBuffer.wrap(bytes)};
      long remaining = HEADER_BYTES + (long) bytes.length;
      while (remaining > 0) {
        remaining -= channel.write(record);
      }
      BlockLocation location =
          new BlockLocation(segment, end, bytes.length, payload.transactions());
      end = location.end();
      return location;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void beginSegment() throws IOException {
    channel.force(true);
    channel.close();
    segment++;
    end = 0;
    channel =
        FileChannel.open(path(segment), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    forceDirectory();
  }

  private void forceDirectory() throws IOException {
    try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
      parent.force(true);
    }
  }

  /** Returns when everything appended is on the disk. */
  void force() {
    try {
      channel.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The checked payload of a record. */
  byte[] read(long number, BlockLocation location) {
    ByteBuffer record =
        readAt(location.segment(), location.offset(), HEADER_BYTES + location.length());
    int magic = record.getInt();
    int length = record.getInt();
    long stored = record.getLong();
    int crc = record.getInt();
    byte[] payload = new byte[location.length()];
    record.get(payload);
    if (magic != MAGIC
        || length != payload.length
        || stored != number
        || checksum(number, payload) != crc) {
      throw new LedgerException("block " + number + " is damaged in " + path(location.segment()));
    }
    return payload;
  }

  /** The checked bytes of one envelope. */
  byte[] readEnvelope(long number, BlockLocation location, int tx) {
    int slot = tx * BlockLocation.SLOT_INTS;
    int[] slots = location.transactions();
    long at = location.offset() + HEADER_BYTES + slots[slot];
    byte[] envelope = readAt(location.segment(), at, slots[slot + 1]).array();
    if (BlockPayload.crc(envelope, 0, envelope.length) != slots[slot + 2]) {
      throw new LedgerException(
          "transaction "
              + tx
              + " of block "
              + number
              + " is damaged in "
              + path(location.segment()));
    }
    return envelope;
  }

  private ByteBuffer readAt(int ofSegment, long offset, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    try (FileChannel own = FileChannel.open(path(ofSegment), StandardOpenOption.READ)) {
      if (!readFully(own, bytes, offset)) {
        throw new LedgerException("block file " + path(ofSegment) + " ends before " + offset);
      }
      return bytes.flip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean readFully(FileChannel from, ByteBuffer into, long offset)
      throws IOException {
    long at = offset;
    while (into.hasRemaining()) {
      int read = from.read(into, at);
      if (read < 0) {
        return false;
      }
      at += read;
    }
    return true;
  }

  private static int checksum(long number, byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(4 + 8).putInt(payload.length).putLong(number).flip());
    crc.update(payload);
    return (int) crc.getValue();
  }

  private Path path(int number) {
    return directory.resolve("blocks-%06d".formatted(number));
  }

  @Override
  public void close() {
    try {
      channel.force(false);
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
