package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hyperledger.fabric.protos.gateway.ErrorDetail;
import org.hyperledger.fabric.protos.peer.Endorsement;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom to ask for endorsements, what came back, and whether it is enough. Layouts are tried one
 * after the other; a member that fails is replaced by the next one of its group; a group without
 * members takes its layouts with it. Safe for use by many threads.
 *
 * <p>Fabric source: internal/pkg/gateway/endorsement.go (v3.1.5).
 */
final class EndorsementPlan {
  private static final Logger LOG = LoggerFactory.getLogger(EndorsementPlan.class);

  /** What is still needed, by group, and what has come. */
  private static final class Layout {
    private final Map<String, Integer> required;
    private final List<Endorsement> endorsements = new ArrayList<>();

    Layout(Map<String, Integer> required) {
      this.required = new LinkedHashMap<>(required);
    }
  }

  private final List<Layout> layouts = new ArrayList<>();
  private final Map<String, Deque<Member>> groups = new HashMap<>();
  private final Map<ByteString, String> groupOf = new HashMap<>();
  private final List<ErrorDetail> errors = new ArrayList<>();
  private int next;
  private ByteString payload;
  private Layout completed;

  EndorsementPlan(List<Map<String, Integer>> layouts, Map<String, List<Member>> groups) {
    layouts.forEach(required -> this.layouts.add(new Layout(required)));
    groups.forEach(
        (group, members) -> {
          this.groups.put(group, new ArrayDeque<>(members));
          members.forEach(member -> groupOf.put(member.pkiId(), group));
        });
  }

  /** Whom the next possible layout asks first; empty when no layout is left. */
  synchronized List<Member> endorsers() {
    while (next < layouts.size()) {
      Layout layout = layouts.get(next);
      if (layout == null || !isPossible(layout)) {
        layouts.set(next++, null);
        continue;
      }
      List<Member> chosen = new ArrayList<>();
      layout.required.forEach(
          (group, quantity) -> {
            for (int i = 0; i < quantity; i++) {
              chosen.add(groups.get(group).removeFirst());
            }
          });
      return chosen;
    }
    return List.of();
  }

  private boolean isPossible(Layout layout) {
    return layout.required.entrySet().stream()
        .allMatch(e -> e.getValue() <= groups.getOrDefault(e.getKey(), new ArrayDeque<>()).size());
  }

  /** Takes an endorsement; false when it is for other results than the first one. */
  synchronized boolean accept(Member member, ProposalResponse response) {
    String group = groupOf.get(member.pkiId());
    if (group != null) {
      groups.get(group).removeIf(other -> other.pkiId().equals(member.pkiId()));
    }
    if (payload == null) {
      payload = response.getPayload();
    } else if (!payload.equals(response.getPayload())) {
      LOG.warn("ProposalResponsePayloads do not match; endorser {}", member.endpoint());
      errors.add(GatewayErrors.detail(member, "ProposalResponsePayloads do not match"));
      return false;
    }
    for (int i = next; i < layouts.size(); i++) {
      if (layouts.get(i) != null && count(layouts.get(i), group, response)) {
        return true;
      }
    }
    return true;
  }

  /** Whether this endorsement was the last one that the layout lacked. */
  private boolean count(Layout layout, String group, ProposalResponse response) {
    Integer quantity = group == null ? null : layout.required.get(group);
    if (quantity == null) {
      return false;
    }
    if (response.hasEndorsement()) {
      layout.endorsements.add(response.getEndorsement());
    }
    if (quantity > 1) {
      layout.required.put(group, quantity - 1);
      return false;
    }
    layout.required.remove(group);
    if (layout.required.isEmpty()) {
      completed = layout;
      return true;
    }
    return false;
  }

  /** Another member of the same group, taken out of it; empty when there is none. */
  synchronized Optional<Member> replacement(Member failed) {
    Deque<Member> group = groups.get(groupOf.get(failed.pkiId()));
    return group == null ? Optional.empty() : Optional.ofNullable(group.pollFirst());
  }

  /** The group that a member stands for. */
  synchronized String group(Member member) {
    return groupOf.get(member.pkiId());
  }

  /** Gives up the layouts that need one of these groups, and goes on to the next layout. */
  synchronized void abandon(Collection<String> abandoned) {
    for (int i = next; i < layouts.size(); i++) {
      Layout layout = layouts.get(i);
      if (layout != null && abandoned.stream().anyMatch(layout.required::containsKey)) {
        layouts.set(i, null);
      }
    }
    next++;
  }

  synchronized void addError(ErrorDetail error) {
    errors.add(error);
  }

  synchronized boolean isComplete() {
    return completed != null;
  }

  synchronized List<ErrorDetail> errors() {
    return List.copyOf(errors);
  }

  /** The results that were endorsed. */
  synchronized ByteString payload() {
    return payload;
  }

  /** The endorsements of the completed layout, one per endorser. */
  synchronized List<Endorsement> endorsements() {
    Map<ByteString, Endorsement> unique = new LinkedHashMap<>();
    completed.endorsements.forEach(e -> unique.putIfAbsent(e.getEndorser(), e));
    return List.copyOf(unique.values());
  }
}
