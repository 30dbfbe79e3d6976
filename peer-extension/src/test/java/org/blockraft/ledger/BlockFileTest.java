package org.blockraft.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hyperledger.fabric.protos.common.Block;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockFileTest {
  private static final long LARGE = 1 << 20;

  @TempDir Path directory;

  @Test
  void storesWhatIsSerialized() {
    Block block = new TestChain().genesis();
    BlockPayload payload = payload(block);

    assertArrayEquals(block.toByteArray(), payload.bytes());
    assertEquals(block, BlockPayload.parse(payload.bytes()));
    assertArrayEquals(
        payload.transactions(), BlockPayload.of(payload.bytes(), block).transactions());
  }

  @Test
  void readsBlocksAndSingleEnvelopes() {
    List<Block> blocks = blocks(5);
    try (BlockFile file = BlockFile.open(directory, LARGE, 0, 0)) {
      List<BlockLocation> locations = append(file, blocks);
      for (int i = 0; i < blocks.size(); i++) {
        BlockLocation location = BlockLocation.decode(locations.get(i).encode());
        assertArrayEquals(blocks.get(i).toByteArray(), file.read(i, location));
        List<ByteString> envelopes = blocks.get(i).getData().getDataList();
        assertEquals(envelopes.size(), location.transactionCount());
        for (int tx = 0; tx < envelopes.size(); tx++) {
          assertArrayEquals(envelopes.get(tx).toByteArray(), file.readEnvelope(i, location, tx));
        }
      }
    }
  }

  @Test
  void findsWholeRecordsWhereverTheLastOneIsCut() throws IOException {
    List<Block> blocks = blocks(3);
    List<BlockLocation> locations;
    try (BlockFile file = BlockFile.open(directory, LARGE, 0, 0)) {
      locations = append(file, blocks);
    }
    Path only = directory.resolve("blocks-000000");
    byte[] whole = Files.readAllBytes(only);
    long lastBegins = locations.get(2).offset();
    for (int cut = whole.length; cut >= lastBegins; cut--) {
      Files.write(only, Arrays.copyOf(whole, cut));
      int left = cut == whole.length ? 3 : 2;
      BlockLocation first = locations.get(0);
      try (BlockFile file = BlockFile.open(directory, LARGE, 0, first.end())) {
        assertEquals(left - 1, file.found().size(), "cut at " + cut);
      }
      assertEquals(left == 3 ? whole.length : lastBegins, Files.size(only));
      try (BlockFile file = BlockFile.open(directory, LARGE, 0, 0)) {
        assertEquals(left, file.found().size());
      }
    }
  }

  @Test
  void appendsBehindACutRecord() throws IOException {
    List<Block> blocks = blocks(2);
    try (BlockFile file = BlockFile.open(directory, LARGE, 0, 0)) {
      append(file, blocks);
    }
    Path only = directory.resolve("blocks-000000");
    Files.write(only, Arrays.copyOf(Files.readAllBytes(only), (int) Files.size(only) - 1));
    try (BlockFile file = BlockFile.open(directory, LARGE, 0, 0)) {
      file.append(1, payload(blocks.get(1)));
    }
    try (BlockFile file = BlockFile.open(directory, LARGE, 0, 0)) {
      assertEquals(List.of(0L, 1L), file.found().stream().map(BlockFile.Found::number).toList());
    }
  }

  @Test
  void detectsEveryFlippedBitOfARecord() throws IOException {
    List<Block> blocks = blocks(1);
    BlockLocation location;
    try (BlockFile file = BlockFile.open(directory, LARGE, 0, 0)) {
      location = append(file, blocks).get(0);
    }
    assertTrue(BlockFile.holds(directory, 0, location));
    Path only = directory.resolve("blocks-000000");
    byte[] whole = Files.readAllBytes(only);
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << (at % 8));
      Files.write(only, damaged);
      assertFalse(BlockFile.holds(directory, 0, location), "bit of byte " + at);
    }
  }

  @Test
  void continuesInFurtherFiles() throws IOException {
    List<Block> blocks = blocks(10);
    List<BlockLocation> locations;
    try (BlockFile file = BlockFile.open(directory, 400, 0, 0)) {
      locations = append(file, blocks);
      assertTrue(locations.getLast().segment() > 2);
      assertArrayEquals(blocks.get(0).toByteArray(), file.read(0, locations.get(0)));
    }
    BlockLocation fourth = locations.get(3);
    try (BlockFile file = BlockFile.open(directory, 400, fourth.segment(), fourth.end())) {
      assertEquals(6, file.found().size());
      assertEquals(9, file.found().getLast().number());
    }
    Path first = directory.resolve("blocks-000000");
    Files.write(first, Arrays.copyOf(Files.readAllBytes(first), (int) Files.size(first) - 1));
    assertThrows(LedgerException.class, () -> BlockFile.open(directory, 400, 0, 0));
  }

  private static BlockPayload payload(Block block) {
    return BlockPayload.of(
        block.getHeader(), block.getData().getDataList(), block.getMetadata().getMetadataList());
  }

  private static List<BlockLocation> append(BlockFile file, List<Block> blocks) {
    List<BlockLocation> locations = new ArrayList<>();
    for (Block block : blocks) {
      locations.add(file.append(block.getHeader().getNumber(), payload(block)));
    }
    file.force();
    return locations;
  }

  private static List<Block> blocks(int count) {
    TestChain chain = new TestChain();
    List<Block> blocks = new ArrayList<>();
    blocks.add(chain.genesis());
    for (int i = 1; i < count; i++) {
      blocks.add(
          chain.block(
              List.of(
                  ByteString.copyFromUtf8("envelope " + i), ByteString.copyFromUtf8("another"))));
    }
    return blocks;
  }
}
