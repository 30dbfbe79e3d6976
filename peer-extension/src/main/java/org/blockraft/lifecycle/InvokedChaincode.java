package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import org.blockraft.identity.Malformed;
import org.hyperledger.fabric.protos.peer.ChaincodeInvocationSpec;
import org.hyperledger.fabric.protos.peer.ChaincodeProposalPayload;
import org.hyperledger.fabric.protos.peer.Proposal;

/**
 * The chaincode that a proposal invokes, so that a system chaincode can refuse calls that come from
 * another chaincode.
 *
 * <p>Fabric source: protoutil/proputils.go InvokedChaincodeName.
 */
final class InvokedChaincode {
  private InvokedChaincode() {}

  static String name(ByteString proposalBytes) {
    Proposal proposal = parse(Proposal.parser(), proposalBytes, "proposal");
    ChaincodeProposalPayload payload =
        parse(
            ChaincodeProposalPayload.parser(), proposal.getPayload(), "chaincode proposal payload");
    ChaincodeInvocationSpec spec =
        parse(ChaincodeInvocationSpec.parser(), payload.getInput(), "chaincode invocation spec");
    if (!spec.hasChaincodeSpec()) {
      throw new LifecycleException("chaincode spec is nil");
    }
    if (!spec.getChaincodeSpec().hasChaincodeId()) {
      throw new LifecycleException("chaincode id is nil");
    }
    return spec.getChaincodeSpec().getChaincodeId().getName();
  }

  private static <M extends Message> M parse(Parser<M> parser, ByteString bytes, String what) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new LifecycleException("could not unmarshal " + what + ": " + Malformed.text(e), e);
    }
  }
}
