package org.blockraft.probe;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.hyperledger.fabric.shim.ChaincodeBase;
import org.hyperledger.fabric.shim.ChaincodeStub;
import org.hyperledger.fabric.shim.ResponseUtils;
import org.json.JSONArray;

/**
 * A chaincode whose transaction is a script: every argument after the first is a JSON array, the
 * name of an operation and what it works on. What the operations see makes up the response, so that
 * two peers that answer a chaincode differently give different payloads.
 *
 * <p>An operation that fails ends the transaction with status 500, unless it is wrapped in {@code
 * ["try", ...]}, which notes the error text and goes on.
 */
final class ProbeChaincode extends ChaincodeBase {

  /** Gives the shim what it otherwise takes from the environment: the package id to register as. */
  void identify(String packageId) {
    processCommandLineOptions(new String[] {"-i", packageId});
    validateOptions();
  }

  @Override
  public Response init(ChaincodeStub stub) {
    return run(stub);
  }

  @Override
  public Response invoke(ChaincodeStub stub) {
    return run(stub);
  }

  private static Response run(ChaincodeStub stub) {
    ProbeNotes notes = new ProbeNotes();
    ProbeScript script = new ProbeScript(stub, notes);
    List<byte[]> args = stub.getArgs();
    try {
      for (int i = 1; i < args.size(); i++) {
        script.execute(new JSONArray(new String(args.get(i), StandardCharsets.UTF_8)));
      }
    } catch (RuntimeException e) {
      return ResponseUtils.newErrorResponse(String.valueOf(e.getMessage()), notes.bytes());
    }
    return notes.response();
  }
}
