package org.blockraft.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * What a channel's ledger directory is: names as stock's, since clients see them.
 *
 * <p>Fabric: core/ledger/kvledger/msgs/kvledger_msgs.proto.
 */
enum LedgerStatus {
  ACTIVE,
  INACTIVE,
  UNDER_CONSTRUCTION,
  UNDER_DELETION;

  private static final String FILE = "status";
  private static final String NEW_FILE = "status.new";

  static Path file(Path directory) {
    return directory.resolve(FILE);
  }

  /** The directory's status; one without a status was never completed. */
  static LedgerStatus read(Path directory) {
    try {
      return valueOf(Files.readString(file(directory)).strip());
    } catch (NoSuchFileException e) {
      return UNDER_CONSTRUCTION;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives the directory, which is created if absent, this status; durable on return. */
  void write(Path directory) {
    try {
      Files.createDirectories(directory);
      Path written = directory.resolve(NEW_FILE);
      try (FileChannel out =
          FileChannel.open(
              written,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        out.write(ByteBuffer.wrap(name().getBytes(StandardCharsets.UTF_8)));
        out.force(true);
      }
      Files.move(written, file(directory), StandardCopyOption.ATOMIC_MOVE);
      force(directory);
      force(directory.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
