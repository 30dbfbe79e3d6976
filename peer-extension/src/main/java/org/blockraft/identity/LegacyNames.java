package org.blockraft.identity;

import java.util.List;

/**
 * A rule that the certificate library of Fabric has given up and Fabric has kept: below an
 * authority with name constraints, a leaf whose common name looks like a host name must have
 * alternative names.
 *
 * <p>Fabric: msp/mspimpl.go verifyLegacyNameConstraints.
 */
final class LegacyNames {
  private LegacyNames() {}

  static boolean breakConstraints(List<Certificate> chain) {
    Certificate leaf = chain.getFirst();
    return chain.size() >= 2
        && leaf.extensions().value(CertificateExtensions.SUBJECT_ALTERNATIVE_NAME) == null
        && isHostName(leaf.names().commonName())
        && chain.stream()
            .skip(1)
            .anyMatch(c -> c.extensions().value(CertificateExtensions.NAME_CONSTRAINTS) != null);
  }

  private static boolean isHostName(String text) {
    String host = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    if (host.isEmpty()) {
      return false;
    }
    String[] labels = host.split("\\.", -1);
    for (int i = 0; i < labels.length; i++) {
      boolean wildcard = i == 0 && labels[i].equals("*");
      if (!wildcard && !isLabel(labels[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLabel(String label) {
    for (int i = 0; i < label.length(); i++) {
      char c = label.charAt(i);
      boolean allowed =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || (c == '-' && i != 0)
              || c == '_'
              || c == ':';
      if (!allowed) {
        return false;
      }
    }
    return !label.isEmpty();
  }
}
