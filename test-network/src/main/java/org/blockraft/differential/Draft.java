package org.blockraft.differential;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * A signed proposal and its parts, from which a transaction is made.
 *
 * @param payload the chaincode proposal payload without transient data, as transactions carry it
 */
public record Draft(
    Party creator,
    String channelId,
    String txId,
    ByteString channelHeader,
    ByteString signatureHeader,
    ByteString payload,
    SignedProposal signed) {

  /** What its endorsers sign as the hash of the proposal. */
  ByteString proposalHash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(channelHeader.toByteArray());
      digest.update(signatureHeader.toByteArray());
      return ByteString.copyFrom(digest.digest(payload.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
