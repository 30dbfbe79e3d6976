package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeEndorsementInfo;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeValidationInfo;
import org.hyperledger.fabric.protos.peer.lifecycle.StateData;
import org.hyperledger.fabric.protos.peer.lifecycle.StateMetadata;

/**
 * Writes structured values into state and reads them back. Which keys are read, in which order, and
 * which are written is part of every endorsement, so it is exactly Fabric's: metadata first, then
 * each existing field, then only what changed is written.
 *
 * <p>Fabric source: core/chaincode/lifecycle/serializer.go. Stateless.
 */
final class StateSerializer {
  static final String NAMESPACES = "namespaces";
  static final String CHAINCODE_SOURCES = "chaincode-sources";

  private StateSerializer() {}

  static String metadataKey(String namespace, String name) {
    return namespace + "/metadata/" + name;
  }

  static String fieldKey(String namespace, String name, String field) {
    return namespace + "/fields/" + name + "/" + field;
  }

  static void serialize(String namespace, String name, StructuredValue value, WritableState state) {
    StateMetadata metadata =
        with(
            () -> metadata(namespace, name, state).orElse(StateMetadata.getDefaultInstance()),
            "could not deserialize metadata for namespace " + namespace + "/" + name);

    Map<String, byte[]> existing = new LinkedHashMap<>();
    for (String field : metadata.getFieldsList()) {
      String key = fieldKey(namespace, name, field);
      existing.put(key, with(() -> state.get(key), "could not get value for key " + key));
    }

    for (StructuredValue.Field field : value.fields()) {
      String key = fieldKey(namespace, name, field.name());
      byte[] current = existing.remove(key);
      if (current == null || !Arrays.equals(current, field.encoded())) {
        run(() -> state.put(key, field.encoded()), "could not write key into state");
      }
    }

    if (!existing.isEmpty()
        || !value.datatype().equals(metadata.getDatatype())
        || metadata.getFieldsCount() != value.fields().size()) {
      StateMetadata updated =
          metadata.toBuilder()
              .setDatatype(value.datatype())
              .clearFields()
              .addAllFields(value.fieldNames())
              .build();
      run(
          () -> state.put(metadataKey(namespace, name), updated.toByteArray()),
          "could not store metadata for namespace " + namespace + "/" + name);
    }

    for (String key : existing.keySet()) {
      run(() -> state.delete(key), "could not delete unneeded key " + key);
    }
  }

  /** Whether the metadata of the approval is exactly what {@code value} would write. */
  static boolean isMetadataSerialized(
      String namespace, String name, StructuredValue value, OpaqueState state) {
    String key = metadataKey(namespace, name);
    byte[] hash = with(() -> state.hash(key), "could not get state hash for metadata key " + key);
    return Arrays.equals(Sha256.of(value.metadata().toByteArray()), hash);
  }

  /**
   * The parts of {@code value} that are not what the collection holds; empty means all are the
   * same. Every key is read before the first comparison.
   */
  static List<String> mismatches(
      String namespace, String name, StructuredValue value, OpaqueState state) {
    Map<String, byte[]> hashes = new HashMap<>();
    List<String> keys = new ArrayList<>();
    keys.add(metadataKey(namespace, name));
    value.fieldNames().forEach(field -> keys.add(fieldKey(namespace, name, field)));
    for (String key : keys) {
      hashes.put(key, with(() -> state.hash(key), "could not get value for key " + key));
    }
    if (!Arrays.equals(Sha256.of(value.metadata().toByteArray()), hashes.get(keys.getFirst()))) {
      return List.of(value.datatype());
    }
    List<String> mismatches = new ArrayList<>();
    for (StructuredValue.Field field : value.fields()) {
      byte[] hash = hashes.get(fieldKey(namespace, name, field.name()));
      if (!Arrays.equals(hash, Sha256.of(field.encoded()))) {
        mismatches.add(field.name());
      }
    }
    return mismatches;
  }

  static Optional<StateMetadata> metadata(String namespace, String name, ReadableState state) {
    byte[] bytes =
        with(
            () -> state.get(metadataKey(namespace, name)),
            "could not query metadata for namespace " + namespace + "/" + name);
    if (bytes == null) {
      return Optional.empty();
    }
    return Optional.of(
        parse(
            StateMetadata.parser(),
            bytes,
            "could not unmarshal metadata for namespace " + namespace + "/" + name));
  }

  static SortedMap<String, StateMetadata> allMetadata(String namespace, RangeableState state) {
    String prefix = metadataKey(namespace, "");
    SortedMap<String, byte[]> entries =
        with(() -> state.range(prefix), "could not get state range for namespace " + namespace);
    SortedMap<String, StateMetadata> result = new TreeMap<>();
    entries.forEach(
        (key, value) ->
            result.put(
                key.substring(prefix.length()),
                parse(
                    StateMetadata.parser(), value, "error unmarshalling metadata for key " + key)));
    return result;
  }

  static ChaincodeDefinition definition(String name, StateMetadata metadata, ReadableState state) {
    requireType(ChaincodeDefinition.DEFINITION_TYPE, metadata);
    long sequence = int64(StateSerializer.NAMESPACES, name, ChaincodeDefinition.SEQUENCE, state);
    return fields(name, sequence, state);
  }

  static ChaincodeDefinition parameters(
      String privateName, long sequence, StateMetadata metadata, ReadableState state) {
    requireType(ChaincodeDefinition.PARAMETERS_TYPE, metadata);
    return fields(privateName, sequence, state);
  }

  static String localPackage(String privateName, StateMetadata metadata, ReadableState state) {
    requireType(ChaincodeDefinition.LOCAL_PACKAGE_TYPE, metadata);
    String field = ChaincodeDefinition.PACKAGE_ID;
    StateData data = field(CHAINCODE_SOURCES, privateName, field, state);
    return switch (data.getTypeCase()) {
      case TYPE_NOT_SET -> "";
      case STRING -> data.getString();
      case INT64, BYTES ->
          throw new LifecycleException(
              "expected key %s/fields/%s/%s to encode a value of type String, but was %s"
                  .formatted(CHAINCODE_SOURCES, privateName, field, goType(data)));
    };
  }

  static long int64(String namespace, String name, String field, ReadableState state) {
    StateData data = field(namespace, name, field, state);
    return switch (data.getTypeCase()) {
      case TYPE_NOT_SET -> 0;
      case INT64 -> data.getInt64();
      case STRING, BYTES ->
          throw new LifecycleException(
              "expected key %s to encode a value of type Int64, but was %s"
                  .formatted(fieldKey(namespace, name, field), goType(data)));
    };
  }

  private static ChaincodeDefinition fields(String name, long sequence, ReadableState state) {
    return new ChaincodeDefinition(
        sequence,
        message(
            name,
            ChaincodeDefinition.ENDORSEMENT_INFO,
            ChaincodeEndorsementInfo.parser(),
            "*lifecycle.ChaincodeEndorsementInfo",
            state),
        message(
            name,
            ChaincodeDefinition.VALIDATION_INFO,
            ChaincodeValidationInfo.parser(),
            "*lifecycle.ChaincodeValidationInfo",
            state),
        message(
            name,
            ChaincodeDefinition.COLLECTIONS,
            CollectionConfigPackage.parser(),
            "*peer.CollectionConfigPackage",
            state));
  }

  private static <M extends Message> M message(
      String name, String field, Parser<M> parser, String goName, ReadableState state) {
    StateData data = field(NAMESPACES, name, field, state);
    String key = fieldKey(NAMESPACES, name, field);
    ByteString bytes =
        switch (data.getTypeCase()) {
          case TYPE_NOT_SET -> ByteString.EMPTY;
          case BYTES -> data.getBytes();
          case STRING, INT64 ->
              throw new LifecycleException(
                  "expected key %s to encode a value of type []byte, but was %s"
                      .formatted(key, goType(data)));
        };
    return parse(parser, bytes.toByteArray(), "could not unmarshal key " + key + " to " + goName);
  }

  private static StateData field(String namespace, String name, String field, ReadableState state) {
    String key = fieldKey(namespace, name, field);
    byte[] value = with(() -> state.get(key), "could not get state for key " + key);
    return value == null
        ? StateData.getDefaultInstance()
        : parse(StateData.parser(), value, "could not unmarshal state for key " + key);
  }

  private static void requireType(String expected, StateMetadata metadata) {
    if (!expected.equals(metadata.getDatatype())) {
      throw new LifecycleException(
          "type name mismatch '%s' != '%s'".formatted(expected, metadata.getDatatype()));
    }
  }

  private static String goType(StateData data) {
    return switch (data.getTypeCase()) {
      case STRING -> "*lifecycle.StateData_String_";
      case INT64 -> "*lifecycle.StateData_Int64";
      case BYTES -> "*lifecycle.StateData_Bytes";
      case TYPE_NOT_SET -> "<nil>";
    };
  }

  private static <M extends Message> M parse(Parser<M> parser, byte[] bytes, String context) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new LifecycleException(context + ": proto: cannot parse invalid wire-format data", e);
    }
  }

  private static <T> T with(java.util.function.Supplier<T> action, String context) {
    try {
      return action.get();
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(e, context);
    }
  }

  private static void run(Runnable action, String context) {
    try {
      action.run();
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(e, context);
    }
  }
}
