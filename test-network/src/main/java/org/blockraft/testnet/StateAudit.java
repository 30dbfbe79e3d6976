package org.blockraft.testnet;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.hyperledger.fabric.client.GatewayException;

/** Compares state and private data that chaincode sees on each node after a long run. */
final class StateAudit {
  private static final int SHOWN_MAX = 5;

  private final ChaosConnections connections;
  private final String channel;
  private final List<PeerPlace> places;

  StateAudit(ChaosConnections connections, String channel, List<PeerPlace> places) {
    this.connections = connections;
    this.channel = channel;
    this.places = places;
  }

  /**
   * What differs.
   *
   * @param privateKeys that clients were told are committed
   */
  List<String> compare(Set<String> privateKeys) {
    List<String> differences = new ArrayList<>();
    Map<PeerPlace, String> states = new HashMap<>();
    Map<PeerPlace, String> secrets = new HashMap<>();
    for (PeerPlace place : places) {
      states.put(place, ask(place, ChaosScripts.op("range", "", "", Integer.MAX_VALUE)));
      String found = ask(place, ChaosScripts.op("privateRange", ChaosScripts.COLLECTION, "", ""));
      secrets.put(place, found);
      Set<String> keys =
          found
              .lines()
              .map(line -> line.substring(0, Math.max(0, line.indexOf('='))))
              .collect(Collectors.toSet());
      List<String> missing = privateKeys.stream().filter(k -> !keys.contains(k)).sorted().toList();
      if (!missing.isEmpty()) {
        differences.add(
            "%s lacks private data of %d of %d transactions: %s"
                .formatted(
                    place.process(),
                    missing.size(),
                    privateKeys.size(),
                    missing.subList(0, Math.min(SHOWN_MAX, missing.size()))));
      }
    }
    if (states.values().stream().distinct().count() > 1) {
      differences.add("chaincode sees other state on other nodes");
    }
    if (secrets.values().stream().distinct().count() > 1) {
      differences.add("chaincode sees other private data on other nodes");
    }
    return differences;
  }

  private String ask(PeerPlace place, String operation) {
    try {
      byte[] answer =
          connections
              .to(place)
              .contract(channel, ChaosCommand.CHAINCODE)
              .newProposal("run")
              .addArguments(operation)
              .build()
              .evaluate();
      return new String(answer, StandardCharsets.UTF_8);
    } catch (GatewayException e) {
      throw new NetworkException(place.process() + ": " + Failures.describe(e));
    }
  }
}
