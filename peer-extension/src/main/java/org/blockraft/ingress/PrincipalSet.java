package org.blockraft.ingress;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.MSPRole;
import org.hyperledger.fabric.protos.common.OrganizationUnit;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;

/**
 * Principals that satisfy a policy together, with repetitions, and how they compare.
 *
 * <p>Fabric source: common/policies/inquire/compare.go, merge.go.
 */
record PrincipalSet(List<Known> principals) {
  PrincipalSet {
    principals = List.copyOf(principals);
  }

  /** A principal whose meaning is known. */
  record Known(MSPPrincipal principal, String mspId, Object meaning) {
    static Optional<Known> of(MSPPrincipal principal) {
      try {
        return switch (principal.getPrincipalClassification()) {
          case ROLE -> {
            MSPRole role = MSPRole.parseFrom(principal.getPrincipal());
            yield Optional.of(new Known(principal, role.getMspIdentifier(), role));
          }
          case ORGANIZATION_UNIT -> {
            OrganizationUnit unit = OrganizationUnit.parseFrom(principal.getPrincipal());
            yield Optional.of(new Known(principal, unit.getMspIdentifier(), unit));
          }
          case IDENTITY -> {
            SerializedIdentity id = SerializedIdentity.parseFrom(principal.getPrincipal());
            yield Optional.of(new Known(principal, id.getMspid(), id));
          }
          default -> Optional.empty();
        };
      } catch (InvalidProtocolBufferException e) {
        return Optional.empty();
      }
    }

    /** Whether every identity that satisfies this principal satisfies the other one too. */
    boolean isA(Known other) {
      if (!mspId.equals(other.mspId)) {
        return false;
      }
      if (other.meaning instanceof MSPRole role && role.getRole() == MSPRole.MSPRoleType.MEMBER) {
        return true;
      }
      if (meaning instanceof OrganizationUnit a && other.meaning instanceof OrganizationUnit b) {
        return a.getOrganizationalUnitIdentifier().equals(b.getOrganizationalUnitIdentifier())
            && a.getCertifiersIdentifier().equals(b.getCertifiersIdentifier());
      }
      if (meaning instanceof MSPRole a && other.meaning instanceof MSPRole b) {
        return a.getRole() == b.getRole();
      }
      return meaning instanceof SerializedIdentity a
          && other.meaning instanceof SerializedIdentity b
          && a.getIdBytes().equals(b.getIdBytes());
    }
  }

  /** Empty when the meaning of a principal is not known. */
  static Optional<PrincipalSet> of(List<MSPPrincipal> principals) {
    List<Known> all = new ArrayList<>();
    for (MSPPrincipal principal : principals) {
      Optional<Known> known = Known.of(principal);
      if (known.isEmpty()) {
        return Optional.empty();
      }
      all.add(known.get());
    }
    return Optional.of(new PrincipalSet(all));
  }

  /** Whether who satisfies the other set satisfies each principal of this one. */
  boolean isContainedIn(PrincipalSet other) {
    return principals.stream().allMatch(p -> other.principals.stream().anyMatch(o -> o.isA(p)));
  }

  private boolean isSubsetOf(PrincipalSet other) {
    return principals.stream()
        .allMatch(p -> other.principals.stream().anyMatch(o -> o.principal.equals(p.principal)));
  }

  /** The containing set, with those principals of this one that it cannot cover one to one. */
  private PrincipalSet mergedInto(PrincipalSet containing) {
    BitSet used = new BitSet();
    List<Known> merged = new ArrayList<>(containing.principals);
    for (Known principal : principals) {
      int cover = -1;
      for (int i = 0; i < containing.principals.size() && cover < 0; i++) {
        if (!used.get(i) && containing.principals.get(i).isA(principal)) {
          cover = i;
        }
      }
      if (cover >= 0) {
        used.set(cover);
      } else {
        merged.add(principal);
      }
    }
    return new PrincipalSet(merged);
  }

  /** Sets that satisfy two policies at once, of sets that satisfy each. */
  static List<PrincipalSet> merge(List<PrincipalSet> first, List<PrincipalSet> second) {
    List<PrincipalSet> result = new ArrayList<>();
    BitSet firstContained = new BitSet();
    BitSet secondContaining = new BitSet();
    for (int i = 0; i < first.size(); i++) {
      for (int j = 0; j < second.size(); j++) {
        if (first.get(i).isContainedIn(second.get(j))) {
          firstContained.set(i);
          secondContaining.set(j);
          result.add(first.get(i).mergedInto(second.get(j)));
        }
      }
    }
    List<PrincipalSet> firstLeft = without(first, firstContained);
    BitSet secondContained = new BitSet();
    BitSet firstContaining = new BitSet();
    for (int j = 0; j < second.size(); j++) {
      for (int i = 0; i < firstLeft.size(); i++) {
        if (second.get(j).isContainedIn(firstLeft.get(i))) {
          secondContained.set(j);
          firstContaining.set(i);
          result.add(second.get(j).mergedInto(firstLeft.get(i)));
        }
      }
    }
    // What contains or is contained is dealt with; each of the rest must be combined with each.
    secondContaining.or(secondContained);
    List<PrincipalSet> secondRest = without(second, secondContaining);
    for (PrincipalSet a : without(firstLeft, firstContaining)) {
      for (PrincipalSet b : secondRest) {
        result.add(a.mergedInto(b));
      }
    }
    return reduce(result);
  }

  private static List<PrincipalSet> without(List<PrincipalSet> sets, BitSet indices) {
    List<PrincipalSet> rest = new ArrayList<>();
    for (int i = 0; i < sets.size(); i++) {
      if (!indices.get(i)) {
        rest.add(sets.get(i));
      }
    }
    return rest;
  }

  /** Leaves out sets that hold another one; of two that hold each other the first stays. */
  private static List<PrincipalSet> reduce(List<PrincipalSet> sets) {
    List<PrincipalSet> current = sets;
    while (true) {
      List<PrincipalSet> reduced = new ArrayList<>();
      for (int i = 0; i < current.size(); i++) {
        boolean containing = false;
        for (int j = 0; j < current.size(); j++) {
          if (i != j && current.get(j).isSubsetOf(current.get(i))) {
            containing = true;
          }
          if (i < j && current.get(i).isSubsetOf(current.get(j))) {
            containing = false;
          }
        }
        if (!containing) {
          reduced.add(current.get(i));
        }
      }
      if (reduced.size() == current.size()) {
        return reduced;
      }
      current = reduced;
    }
  }
}
