package org.blockraft.ingress;

import java.util.ArrayList;
import java.util.List;
import org.hyperledger.fabric.protos.peer.ChaincodeCall;
import org.hyperledger.fabric.protos.peer.ChaincodeInterest;

/**
 * A chaincode interest as Go's proto text prints it in an error: {@code chaincodes:<name:"mycc" >}.
 */
final class InterestText {
  private InterestText() {}

  static String of(ChaincodeInterest interest) {
    StringBuilder text = new StringBuilder();
    for (ChaincodeCall call : interest.getChaincodesList()) {
      List<String> fields = new ArrayList<>();
      fields.add("name:" + GoQuote.of(call.getName()));
      call.getCollectionNamesList().forEach(c -> fields.add("collection_names:" + GoQuote.of(c)));
      if (call.getNoPrivateReads()) {
        fields.add("no_private_reads:true");
      }
      if (call.getDisregardNamespacePolicy()) {
        fields.add("disregard_namespace_policy:true");
      }
      text.append("chaincodes:<").append(String.join(" ", fields)).append(" > ");
    }
    return text.toString();
  }

  /** A string in Go's quotes. */
  private static final class GoQuote {
    static String of(String text) {
      return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
  }
}
