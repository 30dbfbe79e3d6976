package org.blockraft.probe;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import org.hyperledger.fabric.shim.Chaincode.Response;
import org.hyperledger.fabric.shim.ledger.KeyValue;
import org.hyperledger.fabric.shim.ledger.QueryResultsIterator;

/** What a script has seen so far, and how it will answer. */
final class ProbeNotes {
  /** Longer values are noted by their length and hash code. */
  private static final int VALUE_BYTES_MAX = 200;

  private static final int SUCCESS = 200;

  private final StringBuilder text = new StringBuilder();
  private int status = SUCCESS;
  private String message = "";
  private byte[] payload;

  void add(String note) {
    text.append(note).append('\n');
  }

  void add(String label, byte[] value) {
    add(label + "=" + show(value));
  }

  /** Notes at most {@code most} results. */
  void add(QueryResultsIterator<KeyValue> found, int most) {
    Iterator<KeyValue> rows = found.iterator();
    for (int i = 0; i < most && rows.hasNext(); i++) {
      KeyValue row = rows.next();
      add(row.getKey(), row.getValue());
    }
  }

  static String show(byte[] value) {
    if (value == null) {
      return "null";
    }
    return value.length <= VALUE_BYTES_MAX
        ? HexFormat.of().formatHex(value)
        : value.length + " bytes " + Arrays.hashCode(value);
  }

  /** Answers with these instead of success and the notes. */
  void answer(int newStatus, String newMessage, byte[] newPayload) {
    status = newStatus;
    message = newMessage;
    payload = newPayload;
  }

  byte[] bytes() {
    return payload != null ? payload : text.toString().getBytes(StandardCharsets.UTF_8);
  }

  Response response() {
    return new Response(status, message, bytes());
  }
}
