package org.blockraft.identity;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Reads the names of issuers and subjects; every value must be a string of a known kind. */
final class DistinguishedName {
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String ORGANIZATION = "2.5.4.10";
  private static final String ORGANIZATIONAL_UNIT = "2.5.4.11";
  private static final String INVALID = "x509: invalid RDNSequence";
  private static final String INVALID_VALUE = INVALID + ": invalid attribute value";

  private DistinguishedName() {}

  static Certificate.SubjectNames read(byte[] raw) {
    String commonName = "";
    List<String> organizations = new ArrayList<>();
    List<String> units = new ArrayList<>();
    DerReader sequence = new DerReader(raw).read(DerReader.SEQUENCE, INVALID);
    while (!sequence.isEmpty()) {
      DerReader set = sequence.read(DerReader.SET, INVALID);
      while (!set.isEmpty()) {
        DerReader attribute = set.read(DerReader.SEQUENCE, INVALID + ": invalid attribute");
        String type = attribute.readOid(INVALID + ": invalid attribute type");
        DerReader contents = attribute.readAny(INVALID_VALUE);
        String value = text(attribute.lastTag(), contents.rest());
        switch (type) {
          case COMMON_NAME -> commonName = value;
          case ORGANIZATION -> organizations.add(value);
          case ORGANIZATIONAL_UNIT -> units.add(value);
          default -> {}
        }
      }
    }
    return new Certificate.SubjectNames(commonName, List.copyOf(organizations), List.copyOf(units));
  }

  private static String text(int tag, byte[] value) {
    return switch (tag) {
      case 0x14 -> new String(value, StandardCharsets.ISO_8859_1);
      case 0x13 -> checked(value, "PrintableString", DistinguishedName::isPrintable);
      case 0x0c -> utf8(value);
      case 0x1e -> bmp(value);
      case 0x16 -> checked(value, "IA5String", c -> c < 0x80);
      case 0x12 -> checked(value, "NumericString", c -> (c >= '0' && c <= '9') || c == ' ');
      default -> throw new IdentityException(INVALID_VALUE + ": unsupported string type: " + tag);
    };
  }

  private static String checked(byte[] value, String kind, IntPredicate allowed) {
    for (byte b : value) {
      if (!allowed.test(b & 0xff)) {
        throw new IdentityException(INVALID_VALUE + ": invalid " + kind);
      }
    }
    return new String(value, StandardCharsets.US_ASCII);
  }

  private static boolean isPrintable(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || (c >= '\'' && c <= ')')
        || (c >= '+' && c <= '/')
        || " :=?*&".indexOf(c) >= 0;
  }

  private static String utf8(byte[] value) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
    } catch (CharacterCodingException e) {
      throw new IdentityException(INVALID_VALUE + ": invalid UTF-8 string");
    }
  }

  private static String bmp(byte[] value) {
    String refusal = INVALID_VALUE + ": invalid BMPString";
    if (value.length % 2 != 0) {
      throw new IdentityException(refusal);
    }
    String text = new String(value, StandardCharsets.UTF_16BE);
    if (text.endsWith("\0")) {
      text = text.substring(0, text.length() - 1);
    }
    for (int i = 0; i < value.length; i += 2) {
      int point = (value[i] & 0xff) << 8 | (value[i + 1] & 0xff);
      if (point >= 0xfffe
          || (point >= 0xfdd0 && point <= 0xfdef)
          || (point >= 0xd800 && point <= 0xdfff)) {
        throw new IdentityException(refusal);
      }
    }
    return text;
  }
}
