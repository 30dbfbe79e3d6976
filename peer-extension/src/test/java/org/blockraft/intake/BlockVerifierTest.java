package org.blockraft.intake;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.SampleChannel;
import org.blockraft.identity.SampleOrganization;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockVerifierTest {
  @TempDir Path dir;
  private SampleChannel channel;
  private ChannelConfig config;
  private byte[] genesisHash;
  private Block good;

  @BeforeEach
  void setUp() {
    channel = new SampleChannel(dir);
    config = channel.config("localhost:1");
    SampleBlocks blocks = new SampleBlocks(channel);
    genesisHash = blocks.tip().lastHeaderHash();
    good = blocks.addTransactions(3);
  }

  @Test
  void shouldAcceptTheNextBlock() {
    ByteString raw = good.toByteString();
    VerifiedBlock verified = BlockVerifier.verify(raw, 1, genesisHash, config);

    assertEquals(good, verified.block());
    assertSame(raw, verified.raw());
    assertArrayEquals(BlockHeaders.headerHash(good.getHeader()), verified.headerHash());
  }

  @Test
  void shouldRefuseABlockOutOfPlace() {
    assertEquals(
        "expected block number is [2] but actual block number inside block is [1]",
        assertThrows(
                BlockRejected.class,
                () -> BlockVerifier.verify(good.toByteString(), 2, genesisHash, config))
            .getMessage());
    Block unlinked =
        resigned(
            good.toBuilder()
                .setHeader(
                    good.getHeader().toBuilder().setPreviousHash(ByteString.copyFromUtf8("x")))
                .build());
    assertTrue(
        refusal(unlinked)
            .startsWith(
                "Header.PreviousHash of block [1] is different from Hash(block.Header) of previous"
                    + " block, on channel [sample], received: 78, expected: "));
    assertEquals(
        "Invalid Block on channel [sample]. Header must be different from nil.",
        refusal(good.toBuilder().clearHeader().build()));
  }

  @Test
  void shouldRefuseDataThatTheHeaderDoesNotCover() {
    BlockData fewer = BlockData.newBuilder().addData(good.getData().getData(0)).build();
    assertEquals(
        "Header.DataHash is different from Hash(block.Data) for block with id [1] on channel"
            + " [sample]",
        refusal(good.toBuilder().setData(fewer).build()));
    assertEquals(
        "Failed getting channel id from block with id [1] on channel [sample]: [failed to retrieve"
            + " channel id - block is empty]",
        refusal(good.toBuilder().clearData().build()));
    BlockData moved =
        BlockData.newBuilder()
            .addData(good.getData().getData(0).concat(good.getData().getData(1)))
            .addData(good.getData().getData(2))
            .build();
    assertTrue(
        refusal(good.toBuilder().setData(moved).build())
            .startsWith("block has malformed transactions: transaction 0 has "));
  }

  @Test
  void shouldRefuseAnotherChannelsBlock() {
    ChannelConfig other = ChannelConfig.of("other", config.config());
    assertEquals(
        "Invalid block's channel id. Expected [other]. Given [sample]",
        assertThrows(
                BlockRejected.class,
                () -> BlockVerifier.verify(good.toByteString(), 1, genesisHash, other))
            .getMessage());
  }

  @Test
  void shouldRefuseBlocksWithoutEnoughGoodSignatures() {
    String unsatisfied = "implicit policy evaluation failed - 0 sub-policies were satisfied";
    assertEquals(
        "Block with id [1] on channel [sample] does not have metadata. Block not valid.",
        refusal(good.toBuilder().clearMetadata().build()));
    Block unsigned =
        good.toBuilder()
            .setMetadata(BlockMetadata.newBuilder().addMetadata(ByteString.EMPTY))
            .build();
    assertTrue(refusal(unsigned).startsWith(unsatisfied), refusal(unsigned));
    Block byClient = SampleBlocks.sign(good, channel.client1.signer());
    assertTrue(refusal(byClient).startsWith(unsatisfied));
    Block byImpostor =
        SampleBlocks.sign(
            good,
            new SampleOrganization("OrdererMSP")
                .member(dir.resolve("impostor"), "impostor", "orderer")
                .signer());
    assertTrue(refusal(byImpostor).startsWith(unsatisfied));
    Block changedAfterwards =
        good.toBuilder()
            .setMetadata(new SampleBlocks(channel).addTransactions(1).getMetadata())
            .build();
    assertTrue(refusal(changedAfterwards).startsWith(unsatisfied));
  }

  @Test
  void shouldRefuseGarbage() {
    assertEquals(
        "error unmarshalling Block: " + BlockWire.BAD_WIRE_FORMAT,
        assertThrows(
                BlockRejected.class,
                () ->
                    BlockVerifier.verify(
                        ByteString.copyFromUtf8("garbage"), 1, genesisHash, config))
            .getMessage());
  }

  private Block resigned(Block block) {
    return SampleBlocks.sign(block, channel.orderer.signer());
  }

  private String refusal(Block block) {
    return assertThrows(
            BlockRejected.class,
            () -> BlockVerifier.verify(block.toByteString(), 1, genesisHash, config))
        .getMessage();
  }
}
