package org.blockraft.chaincode;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of Go's text/template that a connection.json uses: fields of one JSON object, {@code
 * {{.peername}}} and {@code {{ .a.b }}}, with the trim markers {@code {{-} and {@code -}}} and
 * comments. A missing field is an error, as stock's builder asks for. Immutable.
 */
final class GoTemplate {
  private static final Pattern ACTION =
      Pattern.compile("(\\s*\\{\\{-\\s|\\{\\{)(.*?)(\\s-}}\\s*|}})", Pattern.DOTALL);
  private static final Pattern FIELDS = Pattern.compile("(?:\\.[\\p{L}_][\\p{L}\\p{Nd}_]*)+");
  private static final int PLAIN_NUMBER_DIGITS_MAX = 21; // Go prints larger ones with an exponent

  private final JsonNode fields;

  /**
   * Templates over one object.
   *
   * @param fields the object; null stands for one without fields
   */
  GoTemplate(JsonNode fields) {
    this.fields = fields;
  }

  /** Fills one template; throws with a text in the manner of Go's. */
  String fill(String template) {
    Matcher action = ACTION.matcher(template);
    StringBuilder out = new StringBuilder();
    int copied = 0;
    while (action.find()) {
      out.append(template, copied, action.start()).append(value(action.group(2).strip()));
      copied = action.end();
    }
    String rest = template.substring(copied);
    if (rest.contains("{{")) {
      throw new ChaincodeException("template: :1: unclosed action");
    }
    return out.append(rest).toString();
  }

  private String value(String expression) {
    if (expression.startsWith("/*") && expression.endsWith("*/")) {
      return "";
    }
    if (!FIELDS.matcher(expression).matches()) {
      throw new ChaincodeException("template: :1: unsupported action \"" + expression + "\"");
    }
    JsonNode node = fields;
    for (String name : expression.substring(1).split("\\.")) {
      JsonNode next = node == null ? null : node.get(name);
      if (next == null) {
        throw new ChaincodeException(
            "template: :1:2: executing \"\" at <"
                + expression
                + ">: map has no entry for key \""
                + name
                + "\"");
      }
      node = next;
    }
    return text(node);
  }

  private static String text(JsonNode node) {
    if (node.isNumber()) {
      BigDecimal number = node.decimalValue().stripTrailingZeros();
      boolean plain = number.precision() - number.scale() <= PLAIN_NUMBER_DIGITS_MAX;
      return plain ? number.toPlainString() : Double.toString(number.doubleValue());
    }
    return node.isNull() ? "<no value>" : node.asText();
  }
}
