package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import java.util.List;
import org.hyperledger.fabric.protos.peer.lifecycle.StateData;
import org.hyperledger.fabric.protos.peer.lifecycle.StateMetadata;

/**
 * A value that the state holds as one metadata key plus one key per field. Names and order of the
 * fields are part of the hashed state.
 */
record StructuredValue(String datatype, List<Field> fields) {
  StructuredValue {
    fields = List.copyOf(fields);
  }

  /** One field and its encoded {@link StateData}. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares fields
  record Field(String name, byte[] encoded) {
    static Field of(String name, long value) {
      return new Field(name, StateData.newBuilder().setInt64(value).build().toByteArray());
    }

    static Field of(String name, String value) {
      return new Field(name, StateData.newBuilder().setString(value).build().toByteArray());
    }

    static Field of(String name, ByteString value) {
      return new Field(name, StateData.newBuilder().setBytes(value).build().toByteArray());
    }
  }

  List<String> fieldNames() {
    return fields.stream().map(Field::name).toList();
  }

  StateMetadata metadata() {
    return StateMetadata.newBuilder().setDatatype(datatype).addAllFields(fieldNames()).build();
  }
}
