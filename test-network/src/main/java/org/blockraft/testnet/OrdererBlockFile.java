package org.blockraft.testnet;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.hyperledger.fabric.protos.common.Block;

/**
 * The blocks of one channel of the development orderer: length-prefixed in one file, synced block
 * by block; a torn last block is cut off when the file is opened. Appended to by one thread, read
 * by any.
 */
final class OrdererBlockFile implements AutoCloseable {
  private final FileChannel file;
  private final List<Long> offsets = new ArrayList<>();
  private long end;

  OrdererBlockFile(Path path) {
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      file =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      scan();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void scan() throws IOException {
    // Not closed: that would close the file.
    DataInputStream in = new DataInputStream(Channels.newInputStream(file));
    long size = file.size();
    while (end < size) {
      try {
        int length = in.readInt();
        if (length < 0 || end + Integer.BYTES + length > size) {
          break;
        }
        in.skipNBytes(length);
        offsets.add(end);
        end += Integer.BYTES + length;
      } catch (EOFException e) {
        break;
      }
    }
    file.truncate(end);
  }

  synchronized long height() {
    return offsets.size();
  }

  void append(Block block) {
    byte[] bytes = block.toByteArray();
    ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES + bytes.length);
    buffer.putInt(bytes.length).put(bytes).flip();
    try {
      long at = end;
      while (buffer.hasRemaining()) {
        at += file.write(buffer, at);
      }
      file.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    synchronized (this) {
      offsets.add(end);
      end += Integer.BYTES + bytes.length;
    }
  }

  Block block(long number) {
    long start;
    long next;
    synchronized (this) {
      start = offsets.get(Math.toIntExact(number));
      next = number + 1 < offsets.size() ? offsets.get((int) number + 1) : end;
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) (next - start - Integer.BYTES));
    try {
      long at = start + Integer.BYTES;
      while (buffer.hasRemaining()) {
        int read = file.read(buffer, at);
        if (read < 0) {
          throw new EOFException("block " + number + " of the orderer is cut short");
        }
        at += read;
      }
      return Block.parseFrom(buffer.flip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
