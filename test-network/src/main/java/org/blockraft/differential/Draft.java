package org.blockraft.differential;

import com.google.protobuf.ByteString;
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
    SignedProposal signed) {}
