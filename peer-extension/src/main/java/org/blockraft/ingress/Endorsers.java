package org.blockraft.ingress;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.hyperledger.fabric.protos.peer.ChaincodeInterest;

/**
 * Makes plans of whom to ask: by organization, by what discovery says, or any one for an
 * evaluation.
 *
 * <p>Fabric source: internal/pkg/gateway/registry.go.
 */
final class Endorsers {
  private static final Set<String> SYSTEM_CHAINCODES = Set.of("lscc", "qscc", "cscc", "_lifecycle");

  private final Members members;
  private final EndorserSelection selection;
  private final Random random;

  Endorsers(Members members, EndorserSelection selection, Random random) {
    this.members = members;
    this.selection = selection;
    this.random = random;
  }

  String localMspId() {
    return members.localMspId();
  }

  void lost(Member member) {
    members.lost(member);
  }

  /**
   * One endorser of each organization.
   *
   * @throws ServiceException with Fabric's text when an organization has none
   */
  EndorsementPlan forOrgs(String channelId, String chaincode, List<String> orgs) {
    Map<String, List<Member>> byOrg = byOrg(channelId, chaincode);
    List<String> missing = orgs.stream().filter(org -> !byOrg.containsKey(org)).toList();
    if (!missing.isEmpty()) {
      throw new ServiceException(
          "failed to find any endorsing peers for org(s): " + String.join(", ", missing));
    }
    Map<String, Integer> required = new LinkedHashMap<>();
    Map<String, List<Member>> groups = new HashMap<>();
    for (String org : orgs) {
      required.put(org, 1);
      groups.put(org, byOrg.get(org));
    }
    return new EndorsementPlan(List.of(required), groups);
  }

  /**
   * Any one endorser, of our own organization first.
   *
   * @param orgs those that may be asked; all when empty
   * @throws ServiceException with Fabric's text when there is none
   */
  EndorsementPlan forEvaluation(String channelId, String chaincode, List<String> orgs) {
    Map<String, List<Member>> byOrg = byOrg(channelId, chaincode);
    List<Member> others = new ArrayList<>();
    List<Member> all = new ArrayList<>();
    for (String org : orgs.isEmpty() ? byOrg.keySet() : orgs) {
      List<Member> found = byOrg.getOrDefault(org, List.of());
      if (org.equals(members.localMspId())) {
        all.clear();
        all.addAll(found);
      } else {
        others.addAll(found);
      }
    }
    others.sort(Comparator.comparingLong(Member::height).reversed());
    all.addAll(others);
    if (all.isEmpty()) {
      throw new ServiceException(
          "no peers available to evaluate chaincode %s in channel %s"
              .formatted(chaincode, channelId));
    }
    return new EndorsementPlan(List.of(Map.of("g1", 1)), Map.of("g1", all));
  }

  /**
   * A plan that satisfies all policies of an invocation, with layouts that hold the preferred
   * member's group first.
   *
   * @param preferred null when there is none
   * @throws ServiceException with Fabric's text when there is no such plan
   */
  EndorsementPlan forInterest(String channelId, ChaincodeInterest interest, Member preferred) {
    EndorserLayouts found;
    try {
      found = selection.peersForEndorsement(channelId, interest);
    } catch (ServiceException e) {
      throw new ServiceException(
          "no combination of peers can be derived which satisfy the endorsement policy: "
              + e.getMessage());
    }
    Map<String, List<Member>> groups = new HashMap<>();
    String preferredGroup = null;
    for (Map.Entry<String, List<Member>> group : found.groups().entrySet()) {
      groups.put(group.getKey(), sorted(group.getValue()));
      boolean holds =
          preferred != null
              && group.getValue().stream().anyMatch(m -> m.pkiId().equals(preferred.pkiId()));
      if (holds) {
        preferredGroup = group.getKey();
      }
    }
    List<Map<String, Integer>> first = new ArrayList<>();
    List<Map<String, Integer>> rest = new ArrayList<>();
    for (Map<String, Integer> layout : found.layouts()) {
      (preferredGroup != null && layout.containsKey(preferredGroup) ? first : rest).add(layout);
    }
    Collections.shuffle(first, random);
    Collections.shuffle(rest, random);
    first.addAll(rest);
    return new EndorsementPlan(first, groups);
  }

  private Map<String, List<Member>> byOrg(String channelId, String chaincode) {
    Map<String, List<Member>> byOrg = new TreeMap<>();
    for (Member member : members.ofChannel(channelId)) {
      if (member.chaincodes().containsKey(chaincode) || SYSTEM_CHAINCODES.contains(chaincode)) {
        byOrg.computeIfAbsent(member.mspId(), _ -> new ArrayList<>()).add(member);
      }
    }
    byOrg.replaceAll((_, found) -> sorted(found));
    return byOrg;
  }

  /** The highest first; of equally high ones, this peer. */
  private List<Member> sorted(List<Member> found) {
    Comparator<Member> byHeight = Comparator.comparingLong(Member::height).reversed();
    return found.stream()
        .sorted(byHeight.thenComparingInt(m -> m.pkiId().equals(members.localPkiId()) ? 0 : 1))
        .toList();
  }
}
