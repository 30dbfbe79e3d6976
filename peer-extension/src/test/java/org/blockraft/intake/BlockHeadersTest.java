package org.blockraft.intake;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.hyperledger.fabric.protos.common.LastConfig;
import org.hyperledger.fabric.protos.common.Metadata;
import org.hyperledger.fabric.protos.common.OrdererBlockMetadata;
import org.junit.jupiter.api.Test;

class BlockHeadersTest {

  @Test
  void shouldEncodeTheHeaderOfAnEarlyBlock() {
    BlockHeader header = header(5, new byte[32], new byte[32]);

    String zeros = "00".repeat(32);
    assertEquals(
        "3047020105" + "0420" + zeros + "0420" + zeros,
        HexFormat.of().formatHex(BlockHeaders.headerBytes(header)));
  }

  @Test
  void shouldEncodeEveryHeaderAsAnIndependentDerWriterDoes() throws IOException {
    long seed = 20250607;
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      long number = random.nextLong() >>> random.nextInt(64);
      byte[] previous = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(300)];
      byte[] data = new byte[random.nextInt(70_000) / (1 + random.nextInt(2_000))];
      random.nextBytes(previous);
      random.nextBytes(data);
      ASN1EncodableVector fields = new ASN1EncodableVector();
      fields.add(new ASN1Integer(new BigInteger(Long.toUnsignedString(number))));
      fields.add(new DEROctetString(previous));
      fields.add(new DEROctetString(data));
      assertArrayEquals(
          new DERSequence(fields).getEncoded(),
          BlockHeaders.headerBytes(header(number, previous, data)),
          "seed " + seed + " round " + i);
    }
  }

  @Test
  void shouldHashDataWithoutLengths() {
    BlockData joined = BlockData.newBuilder().addData(ByteString.copyFromUtf8("abc")).build();
    BlockData split =
        BlockData.newBuilder()
            .addData(ByteString.copyFromUtf8("a"))
            .addData(ByteString.copyFromUtf8("bc"))
            .build();

    assertArrayEquals(BlockHeaders.dataHash(joined), BlockHeaders.dataHash(split));
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        HexFormat.of().formatHex(BlockHeaders.dataHash(joined)));
  }

  @Test
  void shouldFindTheLastConfigInTheSignaturesSlotFirst() {
    ByteString inSignatures =
        OrdererBlockMetadata.newBuilder()
            .setLastConfig(LastConfig.newBuilder().setIndex(7))
            .build()
            .toByteString();
    ByteString inOwnSlot = LastConfig.newBuilder().setIndex(3).build().toByteString();

    assertEquals(7, BlockHeaders.lastConfigIndex(block(inSignatures, inOwnSlot)));
    assertEquals(3, BlockHeaders.lastConfigIndex(block(ByteString.EMPTY, inOwnSlot)));
  }

  @Test
  void shouldTellWhatIsMissingInMetadata() {
    BlockRejected none =
        assertThrows(
            BlockRejected.class, () -> BlockHeaders.lastConfigIndex(Block.getDefaultInstance()));
    assertEquals("no metadata in block", none.getMessage());
    Block empty = Block.newBuilder().setMetadata(BlockMetadata.getDefaultInstance()).build();
    BlockRejected noSlot =
        assertThrows(BlockRejected.class, () -> BlockHeaders.lastConfigIndex(empty));
    assertEquals("no metadata at index [SIGNATURES]", noSlot.getMessage());
  }

  private static Block block(ByteString signaturesValue, ByteString lastConfigValue) {
    return Block.newBuilder()
        .setMetadata(
            BlockMetadata.newBuilder()
                .addMetadata(Metadata.newBuilder().setValue(signaturesValue).build().toByteString())
                .addMetadata(
                    Metadata.newBuilder().setValue(lastConfigValue).build().toByteString()))
        .build();
  }

  private static BlockHeader header(long number, byte[] previous, byte[] data) {
    return BlockHeader.newBuilder()
        .setNumber(number)
        .setPreviousHash(ByteString.copyFrom(previous))
        .setDataHash(ByteString.copyFrom(data))
        .build();
  }
}
