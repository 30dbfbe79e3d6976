package org.blockraft.identity;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
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
        (permitted != null && !permitted.isEmpty()) || (excluded != null && !excluded.isEmpty());
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
          String email = text(base);
          emails.add(email.contains("@") ? email : domain(base, "rfc822Name"));
        }
        case 0x86 -> uriDomains.add(domain(base, "URI"));
        default -> unhandled[0] = true;
      }
    }
    return new Subtrees(dnsNames, addresses, emails, uriDomains);
  }

  private static String text(byte[] base) {
    return AlternativeNames.ascii(
        base,
        "x509: invalid constraint value: x509: "
            + GoText.quote(base)
            + " cannot be encoded as an IA5String");
  }

  private static String domain(byte[] base, String kind) {
    String domain = text(base);
    if (!isDomain(domain, true)) {
      throw new IdentityException(
          "x509: failed to parse " + kind + " constraint " + GoText.quote(domain));
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
      if (!leadingOnes || (zero && mask != 0)) {
        throw new IdentityException(
            "x509: IP constraint contained invalid mask "
                + HexFormat.of().formatHex(base, base.length / 2, base.length));
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
      String shown = address(address);
      boolean allowed =
          permitted.addresses.isEmpty() || range(permitted.addresses, address) != null;
      String refusal = refusal("IP address", shown, allowed, range(excluded.addresses, address));
      if (refusal != null) {
        return refusal;
      }
    }
    for (String name : names.dnsNames()) {
      boolean allowed = permitted.dnsNames.isEmpty() || above(permitted.dnsNames, name) != null;
      String refusal = refusal("DNS name", name, allowed, above(excluded.dnsNames, name));
      if (refusal != null) {
        return refusal;
      }
    }
    for (String uri : names.uris()) {
      String host = AlternativeNames.host(uri).toLowerCase(Locale.ROOT).replaceFirst(":\\d*$", "");
      if (host.isEmpty()) {
        return "URI with empty host (\"" + uri + "\") cannot be matched against constraints";
      }
      boolean allowed = permitted.uriDomains.isEmpty() || above(permitted.uriDomains, host) != null;
      String refusal = refusal("URI", uri, allowed, above(excluded.uriDomains, host));
      if (refusal != null) {
        return refusal;
      }
    }
    for (String email : names.emails()) {
      boolean allowed = permitted.emails.isEmpty() || matching(permitted.emails, email) != null;
      String refusal = refusal("email address", email, allowed, matching(excluded.emails, email));
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  private static String refusal(String kind, String name, boolean allowed, String excludedBy) {
    if (!allowed) {
      return "%s \"%s\" is not permitted by any constraint".formatted(kind, name);
    }
    return excludedBy == null
        ? null
        : "%s \"%s\" is excluded by constraint \"%s\"".formatted(kind, name, excludedBy);
  }

  private static String address(byte[] address) {
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("addresses have 4 or 16 bytes", e);
    }
  }

  /** The range that an address is in, or null. */
  private static String range(List<byte[]> ranges, byte[] address) {
    for (byte[] range : ranges) {
      boolean inside = range.length == 2 * address.length;
      int prefix = 0;
      for (int i = 0; inside && i < address.length; i++) {
        int mask = range[address.length + i] & 0xff;
        inside = ((range[i] ^ address[i]) & mask) == 0;
        prefix += Integer.bitCount(mask);
      }
      if (inside) {
        return address(Arrays.copyOf(range, address.length)) + "/" + prefix;
      }
    }
    return null;
  }

  /** The domain that a name is at or below, or null. */
  private static String above(List<String> domains, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (String domain : domains) {
      String suffix = domain.toLowerCase(Locale.ROOT);
      boolean match =
          suffix.isEmpty()
              || lower.equals(suffix)
              || lower.endsWith(suffix.startsWith(".") ? suffix : "." + suffix);
      if (match) {
        return domain;
      }
    }
    return null;
  }

  private static String matching(List<String> constraints, String email) {
    int at = email.lastIndexOf('@');
    String domain = email.substring(at + 1);
    for (String constraint : constraints) {
      int split = constraint.lastIndexOf('@');
      boolean match =
          split < 0
              ? above(List.of(constraint), domain) != null
              : email.substring(0, Math.max(at, 0)).equals(constraint.substring(0, split))
                  && domain.equalsIgnoreCase(constraint.substring(split + 1));
      if (match) {
        return constraint;
      }
    }
    return null;
  }
}
