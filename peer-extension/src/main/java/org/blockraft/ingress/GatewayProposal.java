package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import org.blockraft.identity.Malformed;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.peer.ChaincodeInvocationSpec;
import org.hyperledger.fabric.protos.peer.ChaincodeProposalPayload;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * A signed proposal as far as the gateway looks into it.
 *
 * <p>Fabric source: internal/pkg/gateway/evaluate.go getChannelAndChaincodeFromSignedProposal,
 * protoutil/unmarshalers.go.
 */
record GatewayProposal(
    SignedProposal signed,
    Header header,
    String channelId,
    ChaincodeProposalPayload payload,
    ChaincodeInvocationSpec spec) {
  /**
   * Takes a proposal apart.
   *
   * @throws ServiceException with Fabric's text when it is malformed
   */
  static GatewayProposal parse(SignedProposal signed) {
    Proposal proposal = parse("Proposal", Proposal.parser(), signed.getProposalBytes());
    Header header = parse("Header", Header.parser(), proposal.getHeader());
    ChannelHeader channelHeader =
        parse("ChannelHeader", ChannelHeader.parser(), header.getChannelHeader());
    ChaincodeProposalPayload payload =
        parse("ChaincodeProposalPayload", ChaincodeProposalPayload.parser(), proposal.getPayload());
    ChaincodeInvocationSpec spec =
        parse("ChaincodeInvocationSpec", ChaincodeInvocationSpec.parser(), payload.getInput());
    return new GatewayProposal(signed, header, channelHeader.getChannelId(), payload, spec);
  }

  private static <T extends MessageLite> T parse(String type, Parser<T> parser, ByteString bytes) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new ServiceException("error unmarshalling " + type + ": " + Malformed.text(e));
    }
  }

  /**
   * Checks that the proposal names a channel and a chaincode.
   *
   * @throws ServiceException with Fabric's text when it does not
   */
  void requireNames() {
    if (channelId.isEmpty()) {
      throw new ServiceException("no channel id provided");
    }
    if (!spec.hasChaincodeSpec()) {
      throw new ServiceException("no chaincode spec is provided, channel id [" + channelId + "]");
    }
    if (!spec.getChaincodeSpec().hasChaincodeId()) {
      throw new ServiceException("no chaincode id is provided, channel id [" + channelId + "]");
    }
    if (chaincode().isEmpty()) {
      throw new ServiceException("no chaincode name is provided, channel id [" + channelId + "]");
    }
  }

  String chaincode() {
    return spec.getChaincodeSpec().getChaincodeId().getName();
  }

  boolean hasTransientData() {
    return payload.getTransientMapCount() > 0;
  }
}
