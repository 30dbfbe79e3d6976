package org.blockraft.validate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.SampleChannel;
import org.blockraft.intake.VerifiedBlock;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever verifies the slices of a block, the verdict is the same. */
@Timeout(60)
final class SharedSlicesTest {
  private static final int TRANSACTIONS = 64;

  @TempDir static Path dir;
  private static ChannelConfig config;
  private static VerifiedBlock block;
  private static SlicePool pool;

  @BeforeAll
  static void open() {
    SampleChannel channel = new SampleChannel(dir);
    config = channel.config();
    pool = new SlicePool(2);
    List<ByteString> envelopes = new ArrayList<>();
    for (int i = 0; i < TRANSACTIONS; i++) {
      ByteString good =
          new SampleTransaction(channel.client1, "one")
              .writes("one", "k" + i)
              .endorsedBy(channel.peer1)
              .build();
      envelopes.add(
          i % 5 == 0 ? good.substring(0, good.size() - 1).concat(ByteString.fromHex("00")) : good);
    }
    Block made =
        Block.newBuilder()
            .setHeader(BlockHeader.newBuilder().setNumber(2))
            .setData(BlockData.newBuilder().addAllData(envelopes))
            .build();
    block = new VerifiedBlock(made, made.toByteString(), new byte[0]);
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  /** Another node, which does some slices, then as it is told. */
  private static final class Helper implements SliceHelper {
    private final AtomicInteger asked = new AtomicInteger();
    private final int willing;
    private final boolean refuses;

    Helper(int willing, boolean refuses) {
      this.willing = willing;
      this.refuses = refuses;
    }

    @Override
    public String name() {
      return "helper";
    }

    @Override
    public int capacity() {
      return 2;
    }

    @Override
    public CompletableFuture<SliceVerdict> verify(
        String channelId, long number, int first, int count, long configSequence) {
      if (asked.getAndIncrement() >= willing) {
        return refuses
            ? CompletableFuture.failedFuture(new IllegalStateException("gone"))
            : new CompletableFuture<>();
      }
      ValidationSlice slice =
          ValidationSlice.of(
              channelId,
              number,
              first,
              block.block().getData().getDataList().subList(first, first + count));
      return CompletableFuture.supplyAsync(() -> SliceVerifier.verify(slice, config));
    }
  }

  private static BlockVerdict verify(Helper... helpers) {
    return pool.begin(SampleChannel.ID, block, config, List.of(helpers)).await();
  }

  private static void assertSame(BlockVerdict alone, BlockVerdict shared) {
    assertArrayEquals(alone.codes(), shared.codes());
    assertTrue(Arrays.deepEquals(alone.signers(), shared.signers()));
    assertEquals(alone.transactions().size(), shared.transactions().size());
  }

  @Test
  void theVerdictIsTheSameWhoeverHelps() {
    BlockVerdict alone = verify();
    assertEquals(4, alone.codes()[5]);
    assertSame(alone, verify(new Helper(TRANSACTIONS, false)));
    Helper one = new Helper(TRANSACTIONS, false);
    Helper other = new Helper(TRANSACTIONS, false);
    assertSame(alone, verify(one, other));
    assertTrue(one.asked.get() > 0 && other.asked.get() > 0);
  }

  @Test
  void nodesThatAreStuckOrRefuseAreNotWaitedForLong() {
    BlockVerdict alone = verify();
    assertSame(alone, verify(new Helper(0, false), new Helper(0, false)));
    assertSame(alone, verify(new Helper(1, false), new Helper(2, true)));
    assertSame(alone, verify(new Helper(0, true), new Helper(0, true)));
    assertSame(alone, verify(new Helper(1, false)));
  }

  @Test
  void severalBlocksMayBeUnderWay() {
    BlockVerdict alone = verify();
    List<PendingVerdict> pending = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      pending.add(
          pool.begin(
              SampleChannel.ID,
              block,
              config,
              List.of(new Helper(i, i % 2 == 0), new Helper(TRANSACTIONS, false))));
    }
    pending.forEach(p -> assertSame(alone, p.await()));
  }
}
