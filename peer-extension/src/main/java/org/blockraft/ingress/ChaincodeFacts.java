package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import java.util.Map;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;

/**
 * What choosing endorsers needs of one chaincode.
 *
 * @param name its name
 * @param sequence the sequence of its definition, as peers announce it
 * @param policy its endorsement policy: a serialized SignaturePolicyEnvelope
 * @param collectionPolicies endorsement policies of the collections asked for that have one,
 *     serialized likewise
 * @param collections its collections, with the implicit ones asked for
 */
public record ChaincodeFacts(
    String name,
    String sequence,
    ByteString policy,
    Map<String, ByteString> collectionPolicies,
    CollectionConfigPackage collections) {
  public ChaincodeFacts {
    collectionPolicies = Map.copyOf(collectionPolicies);
  }
}
