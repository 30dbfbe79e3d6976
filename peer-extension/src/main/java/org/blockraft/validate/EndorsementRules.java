package org.blockraft.validate;

import java.util.List;
import org.blockraft.identity.Identity;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/**
 * What makes an endorser transaction valid besides its structure and signatures: the channel's
 * capabilities select the rules. One instance per block, one thread, transactions in block order.
 *
 * <p>Fabric: core/committer/txvalidator/router.go.
 */
interface EndorsementRules {

  /**
   * What became of a transaction.
   *
   * @param reason why it is not valid, for the log; empty if it is
   */
  record Outcome(TxValidationCode code, String reason) {
    static final Outcome VALID = new Outcome(TxValidationCode.VALID, "");
  }

  /** Checks that need no state, and whose policies have to be satisfied. */
  DispatchChecks dispatch(ParsedTransaction transaction);

  /**
   * Evaluates the policies of the dispatched namespaces.
   *
   * @param signers the endorsers whose signatures count
   * @throws ValidationException if the channel must stop
   */
  Outcome decide(ParsedTransaction transaction, DispatchChecks dispatched, List<Identity> signers);

  /**
   * Corrects the flags by what only the whole block tells; called once, after everything else.
   *
   * @param decided the flags before repeated transaction ids within the block were marked
   */
  void finish(List<ParsedTransaction> transactions, byte[] decided, byte[] flags);
}
