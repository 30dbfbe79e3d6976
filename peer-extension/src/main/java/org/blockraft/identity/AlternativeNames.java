package org.blockraft.identity;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The subject alternative names of a certificate, for name constraints.
 *
 * @param uris the texts of uniform resource identifiers
 * @param addresses IP addresses of 4 or 16 bytes
 */
record AlternativeNames(
    List<String> dnsNames, List<String> emails, List<String> uris, List<byte[]> addresses) {
  static final AlternativeNames NONE =
      new AlternativeNames(List.of(), List.of(), List.of(), List.of());

  private static final int EMAIL = 0x81;
  private static final int DNS = 0x82;
  private static final int URI = 0x86;
  private static final int ADDRESS = 0x87;

  /**
   * Reads the extension. The syntax of identifiers is checked in outline only.
   *
   * @throws IdentityException if it is malformed
   */
  static AlternativeNames read(DerReader value) {
    List<String> dnsNames = new ArrayList<>();
    List<String> emails = new ArrayList<>();
    List<String> uris = new ArrayList<>();
    List<byte[]> addresses = new ArrayList<>();
    DerReader names = value.read(DerReader.SEQUENCE, "x509: invalid subject alternative names");
    while (!names.isEmpty()) {
      byte[] name = names.readAny("x509: invalid subject alternative name").rest();
      switch (names.lastTag()) {
        case EMAIL -> emails.add(ascii(name, "x509: SAN rfc822Name is malformed"));
        case DNS -> dnsNames.add(ascii(name, "x509: SAN dNSName is malformed"));
        case URI -> uris.add(uri(name));
        case ADDRESS -> {
          if (name.length != 4 && name.length != 16) {
            throw new IdentityException("x509: cannot parse IP address of length " + name.length);
          }
          addresses.add(name);
        }
        default -> {}
      }
    }
    return new AlternativeNames(
        List.copyOf(dnsNames), List.copyOf(emails), List.copyOf(uris), List.copyOf(addresses));
  }

  boolean isEmpty() {
    return dnsNames.isEmpty() && emails.isEmpty() && uris.isEmpty() && addresses.isEmpty();
  }

  private static String uri(byte[] name) {
    String text = ascii(name, "x509: SAN uniformResourceIdentifier is malformed");
    if (text.chars().anyMatch(c -> c < 0x20 || c == 0x7f) || text.startsWith(":")) {
      throw new IdentityException("x509: cannot parse URI \"" + text + "\"");
    }
    String host = host(text);
    if (!host.isEmpty() && !NameConstraints.isDomain(host, false)) {
      throw new IdentityException("x509: cannot parse URI \"" + text + "\": invalid domain");
    }
    return text;
  }

  /** The host and port of an identifier, or empty. */
  static String host(String uri) {
    int start = uri.indexOf("//");
    if (start < 0 || (start > 0 && uri.charAt(start - 1) != ':')) {
      return "";
    }
    String rest = uri.substring(start + 2);
    int end = 0;
    while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
      end++;
    }
    return rest.substring(rest.lastIndexOf('@', end - 1) + 1, end);
  }

  static String ascii(byte[] bytes, String refusal) {
    for (byte b : bytes) {
      if (b < 0) {
        throw new IdentityException(refusal);
      }
    }
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
