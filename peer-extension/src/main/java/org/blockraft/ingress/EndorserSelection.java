package org.blockraft.ingress;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.peer.ChaincodeCall;
import org.hyperledger.fabric.protos.peer.ChaincodeInterest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which peers can endorse together so that the policies of chaincodes, collections and keys are
 * satisfied. Safe for use by many threads.
 *
 * <p>Fabric source: discovery/endorsement/endorsement.go.
 */
final class EndorserSelection {
  private static final Logger LOG = LoggerFactory.getLogger(EndorserSelection.class);

  private final Members members;
  private final ServedChannels channels;
  private final ChaincodeDirectory chaincodes;
  private final RandomGenerator random;

  EndorserSelection(
      Members members,
      ServedChannels channels,
      ChaincodeDirectory chaincodes,
      RandomGenerator random) {
    this.members = members;
    this.channels = channels;
    this.chaincodes = chaincodes;
    this.random = random;
  }

  /**
   * The ways to endorse an invocation.
   *
   * @throws ServiceException with Fabric's text when there is none
   */
  EndorserLayouts peersForEndorsement(String channelId, ChaincodeInterest interest) {
    InterestFacts facts = InterestFacts.of(channelId, interest, chaincodes);
    ServedChannel channel = channel(channelId);
    List<Member> authorized =
        members.ofChannel(channelId).stream()
            .filter(member -> facts.isAuthorized(channel, member))
            .toList();
    List<PrincipalSet> sets = new EndorsementPrincipals(chaincodes, random).of(channelId, interest);
    Map<MSPPrincipal, String> groups = groups(sets);
    Map<String, List<Member>> satisfying = new LinkedHashMap<>();
    groups.forEach(
        (principal, group) ->
            satisfying.put(
                group,
                authorized.stream()
                    .filter(member -> channel.satisfies(member.identity(), principal))
                    .toList()));
    List<Map<String, Integer>> layouts =
        sets.stream()
            .map(set -> layout(set, groups))
            .filter(layout -> isSatisfied(layout, satisfying))
            .collect(Collectors.toList());
    if (layouts.isEmpty()) {
      throw new ServiceException("no peer combination can satisfy the endorsement policy");
    }
    return withChaincodes(interest, facts, satisfying, layouts);
  }

  /**
   * The peers that may take part in an invocation, all of the channel when there is none given.
   *
   * @throws ServiceException with Fabric's text when the interest cannot be met
   */
  List<Member> peersAuthorized(String channelId, ChaincodeInterest interest) {
    List<Member> ofChannel = members.ofChannel(channelId);
    if (interest.getChaincodesCount() == 0) {
      return ofChannel;
    }
    InterestFacts facts = InterestFacts.of(channelId, interest, chaincodes);
    ServedChannel channel = channel(channelId);
    return ofChannel.stream()
        .filter(facts::hasChaincodes)
        .filter(member -> facts.isAuthorized(channel, member))
        .toList();
  }

  private ServedChannel channel(String channelId) {
    return channels
        .channel(channelId)
        .orElseThrow(() -> new ServiceException("channel " + channelId + " doesn't exist"));
  }

  private static EndorserLayouts withChaincodes(
      ChaincodeInterest interest,
      InterestFacts facts,
      Map<String, List<Member>> satisfying,
      List<Map<String, Integer>> layouts) {
    Set<String> used = new HashSet<>();
    layouts.forEach(layout -> used.addAll(layout.keySet()));
    Map<String, List<Member>> groups = new LinkedHashMap<>();
    satisfying.forEach(
        (group, all) -> {
          List<Member> able = all.stream().filter(facts::hasChaincodes).toList();
          if (used.contains(group) && !able.isEmpty()) {
            groups.put(group, able);
          }
        });
    List<Map<String, Integer>> possible =
        layouts.stream().filter(layout -> isSatisfied(layout, groups)).toList();
    if (possible.isEmpty()) {
      throw new ServiceException("required chaincodes are not installed on sufficient peers");
    }
    return new EndorserLayouts(interest.getChaincodes(0).getName(), groups, possible);
  }

  private static Map<MSPPrincipal, String> groups(List<PrincipalSet> sets) {
    Map<MSPPrincipal, String> groups = new LinkedHashMap<>();
    for (PrincipalSet set : sets) {
      for (PrincipalSet.Known principal : set.principals()) {
        groups.putIfAbsent(principal.principal(), "G" + groups.size());
      }
    }
    return groups;
  }

  private static Map<String, Integer> layout(PrincipalSet set, Map<MSPPrincipal, String> groups) {
    Map<String, Integer> layout = new LinkedHashMap<>();
    set.principals().forEach(p -> layout.merge(groups.get(p.principal()), 1, Integer::sum));
    return layout;
  }

  private static boolean isSatisfied(
      Map<String, Integer> layout, Map<String, List<Member>> groups) {
    return layout.entrySet().stream()
        .allMatch(e -> groups.getOrDefault(e.getKey(), List.of()).size() >= e.getValue());
  }

  /** What an interest says about the peers that may serve it. */
  private record InterestFacts(
      List<ChaincodeFacts> metadata, List<List<MSPPrincipal>> collectionMembers) {
    static InterestFacts of(
        String channelId, ChaincodeInterest interest, ChaincodeDirectory chaincodes) {
      List<ChaincodeFacts> metadata = new ArrayList<>();
      List<List<MSPPrincipal>> collections = new ArrayList<>();
      for (ChaincodeCall call : interest.getChaincodesList()) {
        Optional<ChaincodeFacts> found =
            chaincodes.metadata(channelId, call.getName(), call.getCollectionNamesList());
        ChaincodeFacts facts =
            found.orElseThrow(
                () ->
                    new ServiceException(
                        "No metadata was found for chaincode %s in channel %s"
                            .formatted(call.getName(), channelId)));
        metadata.add(facts);
        if (call.getCollectionNamesCount() > 0 && !call.getNoPrivateReads()) {
          collections.addAll(CollectionMembers.of(facts, call));
        }
      }
      return new InterestFacts(metadata, collections);
    }

    boolean hasChaincodes(Member member) {
      return metadata.stream()
          .allMatch(md -> md.sequence().equals(member.chaincodes().get(md.name())));
    }

    boolean isAuthorized(ServedChannel channel, Member member) {
      boolean authorized =
          collectionMembers.stream()
              .allMatch(
                  principals ->
                      principals.stream().anyMatch(p -> channel.satisfies(member.identity(), p)));
      if (!authorized) {
        LOG.debug("{} may not read the collections of an invocation", member.endpoint());
      }
      return authorized;
    }
  }
}
