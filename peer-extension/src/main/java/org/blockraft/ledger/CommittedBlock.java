package org.blockraft.ledger;

import java.util.List;
import org.blockraft.state.StateUpdates;
import org.blockraft.validate.ParsedTransaction;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/**
 * A block whose flags and effects are final.
 *
 * @param block with this peer's flags and commit hash in its metadata
 * @param headerHash SHA-256 of its header
 * @param transactions parsed, in order
 * @param flags final validation code of each
 * @param commitHash empty for a block that has none
 * @param updates what it changed of public keys and of hashes of private ones
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares committed blocks
public record CommittedBlock(
    Block block,
    byte[] headerHash,
    List<ParsedTransaction> transactions,
    byte[] flags,
    byte[] commitHash,
    StateUpdates updates) {

  public long number() {
    return block.getHeader().getNumber();
  }

  /** The final code of one transaction. */
  public TxValidationCode code(int tx) {
    return TxValidationCode.forNumber(flags[tx] & 0xff);
  }
}
