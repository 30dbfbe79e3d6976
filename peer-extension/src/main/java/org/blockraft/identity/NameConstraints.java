package org.blockraft.identity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Which names a certificate authority may vouch for.
 *
 * @param unhandled whether there are constraints on other kinds of names
 */
record NameConstraints(Subtrees permitted, Subtrees excluded, boolean unhandled) {
  static final NameConstraints NONE = new NameConstraints(Subtrees.NONE, Subtrees.NONE, false);

  private static final String INVALID = "x509: invalid NameConstraints extension";
  private static final String INVALID_VALUE = "x509: invalid constraint value";

  /** Constraints by kind; an address constraint is the address followed by its mask. */
  record Subtrees(
      List<String> dnsNames, List<byte[]> addresses, List<String> emails, List<String> uriDomains) {
    static final Subtrees NONE = new Subtrees(List.of(), List.of(), List.of(), List.of());
  }

  static NameConstraints read(DerReader value) {
    DerReader contents = value.read(DerReader.SEQUENCE, INVALID);
    DerReader permitted = contents.readOptional(DerReader.contextConstructed(0), INVALID);
    DerReader excluded = contents.readOptional(DerReader.contextConstructed(1), INVALID);
    if (!value.isEmpty() || !contents.isEmpty()) {
      throw new IdentityException(INVALID);
    }
    boolean some =
        permitted != null && !permitted.isEmpty() || excluded != null && !excluded.isEmpty();
    if (!some) {
      throw new IdentityException("x509: empty name constraints extension");
    }
    boolean[] unhandled = new boolean[1];
    Subtrees allowed = subtrees(permitted, unhandled);
    return new NameConstraints(allowed, subtrees(excluded, unhandled), unhandled[0]);
  }

  private static Subtrees subtrees(DerReader trees, boolean[] unhandled) {
    if (trees == null) {
      return Subtrees.NONE;
    }
    List<String> dnsNames = new ArrayList<>();
    List<byte[]> addresses = new ArrayList<>();
    List<String> emails = new ArrayList<>();
    List<String> uriDomains = new ArrayList<>();
    while (!trees.isEmpty()) {
      DerReader tree = trees.read(DerReader.SEQUENCE, INVALID);
      byte[] base = tree.readAny(INVALID).rest();
      switch (tree.lastTag()) {
        case 0x82 -> dnsNames.add(domain(base, "dnsName"));
        case 0x87 -> addresses.add(addressRange(base));
        case 0x81 -> {
          String email = AlternativeNames.ascii(base, INVALID_VALUE);
          emails.add(email.contains("@") ? email : domain(base, "rfc822Name"));
        }
        case 0x86 -> uriDomains.add(domain(base, "URI"));
        default -> unhandled[0] = true;
      }
    }
    return new Subtrees(dnsNames, addresses, emails, uriDomains);
  }

  private static String domain(byte[] base, String kind) {
    String domain = AlternativeNames.ascii(base, INVALID_VALUE);
    if (!isDomain(domain, true)) {
      throw new IdentityException(
          "x509: failed to parse " + kind + " constraint \"" + domain + "\"");
    }
    return domain;
  }

  private static byte[] addressRange(byte[] base) {
    if (base.length != 8 && base.length != 32) {
      throw new IdentityException("x509: IP constraint contained value of length " + base.length);
    }
    boolean zero = false;
    for (int i = base.length / 2; i < base.length; i++) {
      int mask = base[i] & 0xff;
      boolean leadingOnes = (~mask & (~mask + 1) & 0xff) == 0;
      if (!leadingOnes || zero && mask != 0) {
        throw new IdentityException("x509: IP constraint contained invalid mask");
      }
      zero |= mask != 0xff;
    }
    return base;
  }

  /** Whether a text may be a domain name: no empty label, no trailing period, printable. */
  static boolean isDomain(String text, boolean constraint) {
    if (text.isEmpty()) {
      return true;
    }
    String labels = constraint && text.startsWith(".") ? text.substring(1) : text;
    return text.chars().allMatch(c -> c > 32 && c < 127)
        && Arrays.stream(labels.split("\\.", -1)).noneMatch(String::isEmpty);
  }

  /** Why the names in a chain, leaf first, break the constraints in it; null if they do not. */
  static String refusal(List<Certificate> chain) {
    for (int i = 0; i < chain.size(); i++) {
      AlternativeNames names = chain.get(i).extensions().alternativeNames();
      for (int above = i + 1; above < chain.size(); above++) {
        String refusal = chain.get(above).extensions().nameConstraints().refusal(names);
        if (refusal != null) {
          return refusal;
        }
      }
    }
    return null;
  }

  private String refusal(AlternativeNames names) {
    if (equals(NONE)) {
      return null;
    }
    for (byte[] address : names.addresses()) {
      boolean allowed = permitted.addresses.isEmpty() || inRange(permitted.addresses, address);
      if (!allowed || inRange(excluded.addresses, address)) {
        return text("IP address", Arrays.toString(address), allowed);
      }
    }
    for (String name : names.dnsNames()) {
      boolean allowed = permitted.dnsNames.isEmpty() || below(permitted.dnsNames, name);
      if (!allowed || below(excluded.dnsNames, name)) {
        return text("DNS name", name, allowed);
      }
    }
    for (String uri : names.uris()) {
      String host = AlternativeNames.host(uri).toLowerCase(Locale.ROOT).replaceFirst(":\\d*$", "");
      if (host.isEmpty()) {
        return "URI with empty host (\"" + uri + "\") cannot be matched against constraints";
      }
      boolean allowed = permitted.uriDomains.isEmpty() || below(permitted.uriDomains, host);
      if (!allowed || below(excluded.uriDomains, host)) {
        return text("URI", uri, allowed);
      }
    }
    for (String email : names.emails()) {
      boolean allowed = permitted.emails.isEmpty() || matches(permitted.emails, email);
      if (!allowed || matches(excluded.emails, email)) {
        return text("email address", email, allowed);
      }
    }
    return null;
  }

  private static String text(String kind, String name, boolean allowed) {
    return "%s \"%s\" is %s"
        .formatted(
            kind, name, allowed ? "excluded by constraint" : "not permitted by any constraint");
  }

  private static boolean inRange(List<byte[]> ranges, byte[] address) {
    for (byte[] range : ranges) {
      boolean inside = range.length == 2 * address.length;
      for (int i = 0; inside && i < address.length; i++) {
        inside = ((range[i] ^ address[i]) & range[address.length + i]) == 0;
      }
      if (inside) {
        return true;
      }
    }
    return false;
  }

  private static boolean below(List<String> domains, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (String domain : domains) {
      String suffix = domain.toLowerCase(Locale.ROOT);
      boolean match =
          suffix.isEmpty()
              || lower.equals(suffix)
              || lower.endsWith(suffix.startsWith(".") ? suffix : "." + suffix);
      if (match) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(List<String> constraints, String email) {
    int at = email.lastIndexOf('@');
    String domain = email.substring(at + 1);
    for (String constraint : constraints) {
      int split = constraint.lastIndexOf('@');
      boolean match =
          split < 0
              ? below(List.of(constraint), domain)
              : email.substring(0, Math.max(at, 0)).equals(constraint.substring(0, split))
                  && domain.equalsIgnoreCase(constraint.substring(split + 1));
      if (match) {
        return true;
      }
    }
    return false;
  }
}
