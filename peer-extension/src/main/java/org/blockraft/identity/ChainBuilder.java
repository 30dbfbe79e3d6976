package org.blockraft.identity;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Builds all chains from a certificate to the roots, as of one second after the certificate's own
 * begin, so that the outcome never depends on the clock. Immutable.
 *
 * <p>Certificate policies are not evaluated: a chain that requires explicit policies is refused.
 *
 * <p>Fabric: msp/mspimpl.go getUniqueValidationChain, and the chain builder below it.
 */
final class ChainBuilder {
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String ANY_USAGE = "2.5.29.37.0";
  private static final String NOT_VALID = "the supplied identity is not valid: ";

  /** Keeps certificates with many look-alike issuers from costing more than this many checks. */
  private static final int SIGNATURE_CHECKS_MAX = 100;

  private final CertificatePool roots;
  private final CertificatePool intermediates;

  ChainBuilder(CertificatePool roots, CertificatePool intermediates) {
    this.roots = roots;
    this.intermediates = intermediates;
  }

  /** The same intermediates under one other root. */
  ChainBuilder withRoot(Certificate root) {
    return new ChainBuilder(new CertificatePool(List.of(root)), intermediates);
  }

  /**
   * The one chain of a certificate, leaf first.
   *
   * @throws IdentityException if there is none or more than one
   */
  List<Certificate> uniqueChain(Certificate certificate) {
    List<List<Certificate>> chains;
    try {
      chains = chains(certificate);
    } catch (IdentityException e) {
      throw new IdentityException(NOT_VALID + e.getMessage());
    }
    if (chains.size() != 1) {
      throw new IdentityException(
          "this MSP only supports a single validation chain, got " + chains.size());
    }
    List<Certificate> chain = chains.getFirst();
    if (LegacyNames.breakConstraints(chain)) {
      throw new IdentityException(
          NOT_VALID + "x509: issuer has name constraints but leaf doesn't have a SAN extension");
    }
    return chain;
  }

  private List<List<Certificate>> chains(Certificate leaf) {
    Search search = new Search(leaf.notBefore().plusSeconds(1));
    String refusal = search.refusal(leaf, false, List.of());
    if (refusal != null) {
      throw new IdentityException(refusal);
    }
    List<List<Certificate>> candidates =
        roots.contains(leaf) ? List.of(List.of(leaf)) : search.build(List.of(leaf));
    List<List<Certificate>> chains = new ArrayList<>();
    String constraintRefusal = null;
    int wrongUsage = 0;
    int wrongPolicies = 0;
    for (List<Certificate> chain : candidates) {
      if (chain.size() > 1
          && chain.stream().anyMatch(c -> c.extensions().requiresExplicitPolicy())) {
        wrongPolicies++;
      } else if (!allowsServerUse(chain)) {
        wrongUsage++;
      } else {
        String broken = NameConstraints.refusal(chain);
        if (broken == null) {
          chains.add(chain);
        } else if (constraintRefusal == null) {
          constraintRefusal = broken;
        }
      }
    }
    if (chains.isEmpty()) {
      throw new IdentityException(noChain(constraintRefusal, wrongUsage, wrongPolicies));
    }
    return chains;
  }

  private static String noChain(String constraintRefusal, int wrongUsage, int wrongPolicies) {
    if (constraintRefusal != null) {
      return "x509: a root or intermediate certificate is not authorized to sign for this name: "
          + constraintRefusal;
    }
    if (wrongUsage > 0 && wrongPolicies == 0) {
      return "x509: certificate specifies an incompatible key usage";
    }
    List<String> details = new ArrayList<>();
    if (wrongUsage > 0) {
      details.add(wrongUsage + " candidate chains with incompatible key usage");
    }
    if (wrongPolicies > 0) {
      details.add(wrongPolicies + " candidate chains with invalid policies");
    }
    return "x509: no valid chains built: " + String.join(", ", details);
  }

  /** A certificate that lists extended usages must list server authentication or any usage. */
  private static boolean allowsServerUse(List<Certificate> chain) {
    for (Certificate certificate : chain) {
      List<String> usages = certificate.extensions().extendedKeyUsages();
      if (!usages.isEmpty() && !usages.contains(ANY_USAGE) && !usages.contains(SERVER_AUTH)) {
        return false;
      }
    }
    return true;
  }

  /** One search for chains; owned by one thread. */
  private final class Search {
    private final Instant time;
    private int signatureChecks;

    /** Set once a limit was hit; then nothing more is tried. */
    private boolean limitReached;

    Search(Instant time) {
      this.time = time;
    }

    List<List<Certificate>> build(List<Certificate> chain) {
      Certificate child = chain.getLast();
      List<List<Certificate>> found = new ArrayList<>();
      Hint hint = new Hint();
      for (Certificate root : roots.potentialParents(child)) {
        if (accept(root, true, chain, hint)) {
          found.add(append(chain, root));
        }
      }
      for (Certificate intermediate : intermediates.potentialParents(child)) {
        if (accept(intermediate, false, chain, hint)) {
          try {
            found.addAll(build(append(chain, intermediate)));
          } catch (IdentityException e) {
            hint.below = e;
          }
        }
      }
      if (found.isEmpty()) {
        throw hint.failure(limitReached);
      }
      return found;
    }

    private boolean accept(
        Certificate candidate, boolean root, List<Certificate> chain, Hint hint) {
      if (limitReached) {
        return false;
      }
      signatureChecks++;
      if (signatureChecks > SIGNATURE_CHECKS_MAX) {
        limitReached = true;
        return false;
      }
      if (candidate.key().kind() == VerificationKey.Kind.UNKNOWN || isIn(chain, candidate)) {
        return false;
      }
      String refusal = chain.getLast().signatureRefusal(candidate);
      if (refusal == null) {
        refusal = refusal(candidate, !root, chain);
        // An accepted or refused candidate replaces what a failed search below said before.
        hint.below = refusal == null ? null : new IdentityException(refusal);
      }
      if (refusal != null) {
        hint.add(refusal, candidate);
        return false;
      }
      return true;
    }

    /** Why a certificate may not stand at the end of a chain, or null if it may. */
    String refusal(Certificate certificate, boolean intermediate, List<Certificate> chain) {
      CertificateExtensions extensions = certificate.extensions();
      if (extensions.unhandledCritical()) {
        return "x509: unhandled critical extension";
      }
      if (!chain.isEmpty() && !Arrays.equals(chain.getLast().issuer(), certificate.subject())) {
        return "x509: issuer name does not match subject from issuing certificate";
      }
      if (time.isBefore(certificate.notBefore())) {
        return expired("before", certificate.notBefore());
      }
      if (time.isAfter(certificate.notAfter())) {
        return expired("after", certificate.notAfter());
      }
      if (intermediate && (!extensions.basicConstraintsPresent() || !extensions.isCa())) {
        return "x509: certificate is not authorized to sign other certificates";
      }
      boolean tooLong =
          extensions.basicConstraintsPresent()
              && extensions.maxPathLength() >= 0
              && chain.size() - 1 > extensions.maxPathLength();
      return tooLong ? "x509: too many intermediates for path length constraint" : null;
    }

    private String expired(String relation, Instant limit) {
      return "x509: certificate has expired or is not yet valid: current time %s is %s %s"
          .formatted(time.truncatedTo(ChronoUnit.SECONDS), relation, limit);
    }
  }

  private static boolean isIn(List<Certificate> chain, Certificate candidate) {
    byte[] names = candidate.extensions().value(CertificateExtensions.SUBJECT_ALTERNATIVE_NAME);
    for (Certificate member : chain) {
      if (Arrays.equals(member.subject(), candidate.subject())
          && Arrays.equals(member.keyInfo(), candidate.keyInfo())) {
        byte[] other = member.extensions().value(CertificateExtensions.SUBJECT_ALTERNATIVE_NAME);
        if (Arrays.equals(names, other)) {
          return true;
        }
        if (names == null || other == null) {
          return false;
        }
      }
    }
    return false;
  }

  private static List<Certificate> append(List<Certificate> chain, Certificate next) {
    List<Certificate> longer = new ArrayList<>(chain);
    longer.add(next);
    return List.copyOf(longer);
  }

  /** The first reason why a candidate was refused, and the last failure of a deeper search. */
  private static final class Hint {
    private String reason;
    private Certificate candidate;
    private IdentityException below;

    void add(String refusal, Certificate refused) {
      if (reason == null) {
        reason = refusal;
        candidate = refused;
      }
    }

    IdentityException failure(boolean limitReached) {
      if (limitReached) {
        return new IdentityException(
            "x509: signature check attempts limit reached while verifying certificate chain");
      }
      if (below != null) {
        return below;
      }
      String text = "x509: certificate signed by unknown authority";
      if (reason == null) {
        return new IdentityException(text);
      }
      Certificate.SubjectNames names = candidate.names();
      String name = names.commonName();
      if (name.isEmpty()) {
        name =
            names.organizations().isEmpty()
                ? "serial:" + candidate.serial()
                : names.organizations().getFirst();
      }
      return new IdentityException(
          "%s (possibly because of %s while trying to verify candidate authority certificate %s)"
              .formatted(text, GoText.quote(reason), GoText.quote(name)));
    }
  }
}
