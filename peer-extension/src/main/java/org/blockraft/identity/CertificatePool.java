package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Certificates to build chains with, each once. Immutable once built. */
final class CertificatePool {
  private final Map<ByteString, Certificate> byDer = new HashMap<>();
  private final Map<ByteString, List<Certificate>> bySubject = new HashMap<>();

  CertificatePool(Collection<Certificate> certificates) {
    for (Certificate certificate : certificates) {
      if (byDer.putIfAbsent(ByteString.copyFrom(certificate.der()), certificate) == null) {
        bySubject
            .computeIfAbsent(ByteString.copyFrom(certificate.subject()), s -> new ArrayList<>())
            .add(certificate);
      }
    }
  }

  boolean contains(Certificate certificate) {
    return byDer.containsKey(ByteString.copyFrom(certificate.der()));
  }

  /** The certificates named as issuer, those with the right key identifier first. */
  List<Certificate> potentialParents(Certificate child) {
    List<Certificate> named =
        bySubject.getOrDefault(ByteString.copyFrom(child.issuer()), List.of());
    List<Certificate> matching = new ArrayList<>();
    List<Certificate> oneKeyId = new ArrayList<>();
    List<Certificate> mismatching = new ArrayList<>();
    byte[] authority = child.extensions().authorityKeyId();
    for (Certificate candidate : named) {
      byte[] own = candidate.extensions().subjectKeyId();
      if (Arrays.equals(own, authority)) {
        matching.add(candidate);
      } else if (own.length == 0 || authority.length == 0) {
        oneKeyId.add(candidate);
      } else {
        mismatching.add(candidate);
      }
    }
    matching.addAll(oneKeyId);
    matching.addAll(mismatching);
    return matching;
  }
}
