package org.blockraft.probe;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.hyperledger.fabric.shim.Chaincode.Response;
import org.hyperledger.fabric.shim.ChaincodeStub;
import org.hyperledger.fabric.shim.ext.sbe.StateBasedEndorsement;
import org.hyperledger.fabric.shim.ext.sbe.StateBasedEndorsement.RoleType;
import org.hyperledger.fabric.shim.ext.sbe.impl.StateBasedEndorsementFactory;
import org.hyperledger.fabric.shim.ledger.CompositeKey;
import org.json.JSONArray;

/** The operations on public state and on the transaction itself. */
final class ProbeScript {
  private final ChaincodeStub stub;
  private final ProbeNotes notes;
  private final ProbeQueries queries;
  private final ProbePrivateData privateData;

  ProbeScript(ChaincodeStub stub, ProbeNotes notes) {
    this.stub = stub;
    this.notes = notes;
    this.queries = new ProbeQueries(stub, notes);
    this.privateData = new ProbePrivateData(stub, notes);
  }

  void execute(JSONArray op) {
    String name = op.getString(0);
    if (name.equals("try")) {
      attempt(op.getJSONArray(1));
    } else if (!state(name, op)
        && !queries.execute(name, op)
        && !privateData.execute(name, op)
        && !transaction(name, op)) {
      throw new IllegalArgumentException("no operation " + name);
    }
  }

  private void attempt(JSONArray op) {
    try {
      execute(op);
    } catch (RuntimeException e) {
      notes.add(op.getString(0) + " failed: " + e.getMessage());
    }
  }

  private boolean state(String name, JSONArray op) {
    switch (name) {
      case "get" -> notes.add(op.getString(1), stub.getState(op.getString(1)));
      case "put" -> stub.putState(op.getString(1), bytes(op.getString(2)));
      case "putBytes" -> stub.putState(op.getString(1), pattern(op.getInt(2)));
      case "del" -> stub.delState(op.getString(1));
      case "putComposite" -> stub.putState(composite(op, 2).toString(), bytes(op.getString(1)));
      case "delComposite" -> stub.delState(composite(op, 1).toString());
      case "getComposite" -> notes.add("composite", stub.getState(composite(op, 1).toString()));
      case "setPolicy" -> stub.setStateValidationParameter(op.getString(1), policy(op, 2));
      case "clearPolicy" -> stub.setStateValidationParameter(op.getString(1), new byte[0]);
      case "badPolicy" -> stub.setStateValidationParameter(op.getString(1), pattern(9));
      case "getPolicy" -> notes.add("policy", stub.getStateValidationParameter(op.getString(1)));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean transaction(String name, JSONArray op) {
    switch (name) {
      case "event" -> stub.setEvent(op.getString(1), bytes(op.getString(2)));
      case "call" -> call(op);
      case "about" -> about();
      case "transient" -> transientValues();
      case "answer" ->
          notes.answer(
              op.getInt(1), op.getString(2), op.length() > 3 ? bytes(op.getString(3)) : null);
      case "answerBytes" -> notes.answer(op.getInt(1), "", pattern(op.getInt(2)));
      case "throw" -> throw new IllegalStateException(op.getString(1));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** ["call", chaincode, channel, argument...] */
  private void call(JSONArray op) {
    List<byte[]> args =
        IntStream.range(3, op.length()).mapToObj(i -> bytes(op.getString(i))).toList();
    Response response = stub.invokeChaincode(op.getString(1), args, op.getString(2));
    notes.add("call %d %s".formatted(response.getStatusCode(), response.getMessage()));
    notes.add("answer", response.getPayload());
  }

  private void about() {
    notes.add(stub.getChannelId() + " " + stub.getTxId() + " " + stub.getTxTimestamp());
    notes.add("creator", stub.getCreator());
    notes.add("binding", stub.getBinding());
    notes.add("args " + stub.getArgs().size() + " " + stub.getMspId());
  }

  private void transientValues() {
    Map<String, byte[]> sorted = new TreeMap<>(stub.getTransient());
    sorted.forEach(notes::add);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Bytes that are neither text nor compressible to nothing. */
  static byte[] pattern(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (0x80 + i * 31 + (i >> 8));
    }
    return bytes;
  }

  /** A composite key: object type, then attributes, from index {@code from} on. */
  static CompositeKey composite(JSONArray op, int from) {
    return new CompositeKey(op.getString(from), strings(op, from + 1));
  }

  static String[] strings(JSONArray op, int from) {
    return IntStream.range(from, op.length()).mapToObj(op::getString).toArray(String[]::new);
  }

  /** A key-level policy of peers of all named organizations. */
  static byte[] policy(JSONArray op, int from) {
    StateBasedEndorsement policy =
        StateBasedEndorsementFactory.getInstance().newStateBasedEndorsement(new byte[0]);
    String[] organizations = strings(op, from);
    Arrays.sort(organizations);
    policy.addOrgs(RoleType.RoleTypePeer, organizations);
    return policy.policy();
  }
}
