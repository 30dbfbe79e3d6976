package org.blockraft.chaincode;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Map;

/**
 * Reads JSON as Go does: names in any case, the last of equal names counts, and Go's words for the
 * common errors.
 */
final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  /** Parses one JSON object; throws with Go's text. */
  static JsonNode object(byte[] text) {
    JsonNode node;
    try {
      node = MAPPER.readTree(text);
    } catch (IOException e) {
      throw new ChaincodeException(goText(e, text), e);
    }
    if (node == null || node.isMissingNode()) {
      throw new ChaincodeException("unexpected end of JSON input");
    }
    if (node.isNull()) {
      return MAPPER.createObjectNode();
    }
    if (!node.isObject()) {
      throw new ChaincodeException("json: cannot unmarshal " + kind(node) + " into Go value");
    }
    return node;
  }

  /** The field of the given name in any case; null if there is none or it is null. */
  static JsonNode field(JsonNode object, String name) {
    JsonNode found = null;
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (field.getKey().equalsIgnoreCase(name)) {
        found = field.getValue();
      }
    }
    return found == null || found.isNull() ? null : found;
  }

  /** A text field; empty if absent; throws if it is not a string. */
  static String text(JsonNode object, String name) {
    JsonNode value = field(object, name);
    if (value == null) {
      return "";
    }
    if (!value.isTextual()) {
      throw mismatch(value, name, "string");
    }
    return value.textValue();
  }

  /** A boolean field; false if absent; throws if it is not a boolean. */
  static boolean flag(JsonNode object, String name) {
    JsonNode value = field(object, name);
    if (value == null) {
      return false;
    }
    if (!value.isBoolean()) {
      throw mismatch(value, name, "bool");
    }
    return value.booleanValue();
  }

  /** The JSON text of a map, in the map's order. */
  static byte[] bytes(Map<String, ?> object) {
    try {
      return MAPPER.writeValueAsBytes(object);
    } catch (JacksonException e) {
      throw new ChaincodeException(e.getMessage(), e);
    }
  }

  private static ChaincodeException mismatch(JsonNode value, String name, String type) {
    return new ChaincodeException(
        "json: cannot unmarshal "
            + kind(value)
            + " into Go struct field ."
            + name
            + " of type "
            + type);
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "array";
      case BOOLEAN -> "bool";
      case NUMBER -> "number";
      case STRING -> "string";
      default -> "object";
    };
  }

  private static String goText(IOException e, byte[] text) {
    if (e instanceof JsonEOFException || text.length == 0) {
      return "unexpected end of JSON input";
    }
    if (e instanceof JsonParseException parse && parse.getLocation() != null) {
      int first = 0;
      while (first < text.length && text[first] <= ' ') {
        first++;
      }
      boolean atStart = first < text.length && "{[\"-0123456789tfn".indexOf(text[first]) < 0;
      int at = atStart ? first : (int) parse.getLocation().getByteOffset();
      String place = atStart ? "looking for beginning of value" : "in JSON text";
      char c = at >= 0 && at < text.length ? (char) (text[at] & 0xff) : '?';
      return "invalid character '" + c + "' " + place;
    }
    return e instanceof MismatchedInputException ? "unexpected end of JSON input" : e.getMessage();
  }
}
