package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.util.Optional;
import org.blockraft.identity.DigestInput;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/**
 * What can be said about a transaction from its bytes alone, in stock's order: the creator's
 * signature is checked between the two steps.
 *
 * <p>Fabric: core/common/validation/msgvalidation.go.
 */
final class EnvelopeChecks {

  private EnvelopeChecks() {}

  /** Whether the envelope, payload and headers are sound. */
  static TxValidationCode beforeCreator(ParsedTransaction transaction) {
    if (!transaction.envelopeParsed()) {
      return TxValidationCode.INVALID_OTHER_REASON;
    }
    if (!transaction.payloadParsed()) {
      return TxValidationCode.BAD_PAYLOAD;
    }
    TransactionHeader header = transaction.header();
    boolean sound =
        header.channelHeaderParsed()
            && header.signatureHeaderParsed()
            && isKnownType(header.type())
            && header.epoch() == 0
            && !header.nonce().isEmpty()
            && !header.creator().isEmpty();
    return sound ? TxValidationCode.VALID : TxValidationCode.BAD_COMMON_HEADER;
  }

  /** Whether the content is sound and bound to the headers. */
  static TxValidationCode afterCreator(ParsedTransaction transaction) {
    return switch (transaction.type()) {
      case ParsedTransaction.ENDORSER_TRANSACTION -> endorserTransaction(transaction);
      case ParsedTransaction.CONFIG ->
          transaction.hasData()
              ? TxValidationCode.VALID
              : TxValidationCode.INVALID_CONFIG_TRANSACTION;
      default -> TxValidationCode.UNSUPPORTED_TX_PAYLOAD;
    };
  }

  private static boolean isKnownType(int type) {
    return type == ParsedTransaction.CONFIG
        || type == ParsedTransaction.CONFIG_UPDATE
        || type == ParsedTransaction.ENDORSER_TRANSACTION;
  }

  private static TxValidationCode endorserTransaction(ParsedTransaction transaction) {
    if (!transaction.txId().equals(transaction.computedTxId())) {
      return TxValidationCode.BAD_PROPOSAL_TXID;
    }
    Optional<EndorserTransaction> parsed = transaction.endorserTransaction();
    if (parsed.isEmpty() || !proposalHashMatches(transaction, parsed.get())) {
      return TxValidationCode.INVALID_ENDORSER_TRANSACTION;
    }
    return TxValidationCode.VALID;
  }

  /** The hash binds the action's own header, not the envelope's signature header. */
  private static boolean proposalHashMatches(
      ParsedTransaction transaction, EndorserTransaction action) {
    ByteString proposalPayload = action.proposalPayload();
    if (proposalPayload.isEmpty()) {
      return false;
    }
    MessageDigest digest = Sha256.digest();
    DigestInput.update(digest, transaction.header().channelHeader());
    DigestInput.update(digest, action.actionHeader());
    DigestInput.update(digest, proposalPayload);
    return ByteString.copyFrom(digest.digest()).equals(action.proposalHash());
  }
}
