package org.blockraft.probe;

import org.hyperledger.fabric.shim.ChaincodeStub;
import org.hyperledger.fabric.shim.ledger.KeyValue;
import org.hyperledger.fabric.shim.ledger.QueryResultsIterator;
import org.json.JSONArray;

/** The operations on private data; their first operand is the collection. */
final class ProbePrivateData {
  private static final int ALL = Integer.MAX_VALUE;

  private final ChaincodeStub stub;
  private final ProbeNotes notes;

  ProbePrivateData(ChaincodeStub stub, ProbeNotes notes) {
    this.stub = stub;
    this.notes = notes;
  }

  boolean execute(String name, JSONArray op) {
    if (!name.startsWith("private")) {
      return false;
    }
    String collection = op.getString(1);
    String key = op.getString(2);
    switch (name) {
      case "privateGet" -> notes.add(key, stub.getPrivateData(collection, key));
      case "privateHash" -> notes.add(key, stub.getPrivateDataHash(collection, key));
      case "privatePut" -> stub.putPrivateData(collection, key, ProbeScript.bytes(op.getString(3)));
      case "privatePutTransient" ->
          stub.putPrivateData(collection, key, stub.getTransient().get(op.getString(3)));
      case "privateDel" -> stub.delPrivateData(collection, key);
      case "privatePurge" -> stub.purgePrivateData(collection, key);
      case "privateRange" -> results(stub.getPrivateDataByRange(collection, key, op.getString(3)));
      case "privateComposite" ->
          results(
              stub.getPrivateDataByPartialCompositeKey(collection, ProbeScript.composite(op, 2)));
      case "privatePutComposite" ->
          stub.putPrivateData(
              collection,
              ProbeScript.composite(op, 3).toString(),
              ProbeScript.bytes(op.getString(2)));
      case "privateSetPolicy" ->
          stub.setPrivateDataValidationParameter(collection, key, ProbeScript.policy(op, 3));
      case "privateGetPolicy" ->
          notes.add("policy", stub.getPrivateDataValidationParameter(collection, key));
      case "privateQuery" -> results(stub.getPrivateDataQueryResult(collection, key));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void results(QueryResultsIterator<KeyValue> found) {
    notes.add(found, ALL);
    ProbeQueries.close(found);
  }
}
