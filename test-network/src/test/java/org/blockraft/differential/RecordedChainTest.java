package org.blockraft.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.peer.TxValidationCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chains of stock networks, validated and committed without a node around. */
class RecordedChainTest {
  private static final String RECORDING = "stock-2.5.16.zip";

  @ParameterizedTest
  @CsvSource({
    "stock-2.5.16.zip, Org1MSP",
    "stock-2.5.16.zip, Org2MSP",
    "stock-3.1.5.zip, Org1MSP",
    "stock-3.1.5.zip, Org2MSP"
  })
  void flagsAndCommitHashesAreThoseOfTheStockPeer(String name, String mspId, @TempDir Path folder)
      throws IOException {
    List<Block> blocks = Recordings.load(name).blocks();
    List<Difference> differences = new ArrayList<>();
    try (ChainReplay replay = new ChainReplay(folder, blocks.getFirst(), mspId)) {
      for (Block block : blocks.subList(1, blocks.size())) {
        differences.addAll(replay.commit(block));
      }
    }
    assertEquals(List.of(), differences);
  }

  @Test
  void theChainHasEveryKindOfTransaction() throws IOException {
    Set<TxValidationCode> seen = EnumSet.noneOf(TxValidationCode.class);
    int transactions = 0;
    for (Block block : Recordings.load(RECORDING).blocks()) {
      for (byte flag : StockChain.flags(block)) {
        seen.add(TxValidationCode.forNumber(flag & 0xff));
        transactions++;
      }
    }
    assertTrue(transactions >= 400, "only " + transactions);
    assertEquals(
        EnumSet.of(
            TxValidationCode.VALID,
            TxValidationCode.BAD_PAYLOAD,
            TxValidationCode.BAD_CREATOR_SIGNATURE,
            TxValidationCode.UNSUPPORTED_TX_PAYLOAD,
            TxValidationCode.BAD_COMMON_HEADER,
            TxValidationCode.INVALID_ENDORSER_TRANSACTION,
            TxValidationCode.BAD_PROPOSAL_TXID,
            TxValidationCode.DUPLICATE_TXID,
            TxValidationCode.ENDORSEMENT_POLICY_FAILURE,
            TxValidationCode.MVCC_READ_CONFLICT,
            TxValidationCode.PHANTOM_READ_CONFLICT,
            TxValidationCode.BAD_RESPONSE_PAYLOAD,
            TxValidationCode.BAD_RWSET,
            TxValidationCode.ILLEGAL_WRITESET,
            TxValidationCode.INVALID_CHAINCODE,
            TxValidationCode.INVALID_OTHER_REASON),
        seen);
  }
}
