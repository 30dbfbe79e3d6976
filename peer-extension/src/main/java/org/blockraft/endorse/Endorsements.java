package org.blockraft.endorse;

import com.google.protobuf.ByteString;
import org.blockraft.chaincode.EndorsementInfo;
import org.blockraft.identity.Signer;
import org.hyperledger.fabric.protos.peer.ChaincodeAction;
import org.hyperledger.fabric.protos.peer.ChaincodeEvent;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.Endorsement;
import org.hyperledger.fabric.protos.peer.ProposalResponsePayload;
import org.hyperledger.fabric.protos.peer.Response;

/**
 * The bytes that endorsers agree on, and this peer's signature over them.
 *
 * <p>Fabric source: protoutil/proputils.go GetBytesProposalResponsePayload,
 * core/handlers/endorsement/builtin/default_endorsement.go. Safe for use by many threads.
 */
final class Endorsements {
  private static final String BUILT_IN_PLUGIN = "escc";

  private final Signer signer;

  Endorsements(Signer signer) {
    this.signer = signer;
  }

  /**
   * @param results the public read-write set; empty without a simulation
   * @param event null for none
   */
  static ByteString payload(
      ByteString proposalHash,
      Response response,
      ByteString results,
      ChaincodeEvent event,
      String chaincode,
      String version) {
    ChaincodeAction.Builder action =
        ChaincodeAction.newBuilder()
            .setResults(results)
            .setResponse(response)
            .setChaincodeId(ChaincodeID.newBuilder().setName(chaincode).setVersion(version));
    if (event != null) {
      action.setEvents(event.toByteString());
    }
    return ProposalResponsePayload.newBuilder()
        .setProposalHash(proposalHash)
        .setExtension(action.build().toByteString())
        .build()
        .toByteString();
  }

  static void requireKnownPlugin(EndorsementInfo info) {
    String plugin = info.endorsementPlugin();
    if (!plugin.equals(BUILT_IN_PLUGIN)) {
      throw new EndorsementFailure(
          "plugin with name %s could not be used: plugin with name %s wasn't found"
              .formatted(plugin, plugin));
    }
  }

  Endorsement sign(ByteString payload) {
    ByteString endorser = signer.serialized();
    byte[] message = new byte[payload.size() + endorser.size()];
    payload.copyTo(message, 0);
    endorser.copyTo(message, payload.size());
    return Endorsement.newBuilder()
        .setEndorser(endorser)
        .setSignature(ByteString.copyFrom(signer.sign(message)))
        .build();
  }
}
