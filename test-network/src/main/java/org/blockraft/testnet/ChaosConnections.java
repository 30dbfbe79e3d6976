package org.blockraft.testnet;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hyperledger.fabric.client.Contract;
import org.hyperledger.fabric.client.Gateway;

/**
 * A connection to each node, which all clients share. What goes on over an old connection may go on
 * when there is a new one. Safe for many threads.
 */
final class ChaosConnections implements AutoCloseable {
  /** A node answers sooner, whatever befalls others: a lease, an election and a busy machine. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(12);

  /** Commits may have to wait until nodes are started again. */
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(40);

  /** A connection as one client. */
  record Connection(PeerPlace place, PeerClient client, Gateway gateway) {
    Contract contract(String channel, String chaincode) {
      return gateway.getNetwork(channel).getContract(chaincode);
    }
  }

  private final NetworkFolder folder;
  private final InstantSource clock;
  private final Map<PeerPlace, Connection> current = new LinkedHashMap<>();
  private final List<Connection> old = new ArrayList<>();

  ChaosConnections(NetworkFolder folder, List<PeerPlace> places, InstantSource clock) {
    this.folder = folder;
    this.clock = clock;
    places.forEach(place -> current.put(place, open(place)));
  }

  private Connection open(PeerPlace place) {
    PeerClient client = new PeerClient(folder, NetworkFolder.ORG1, place, "User1", clock);
    return new Connection(place, client, client.gateway(ANSWER_TIMEOUT, COMMIT_TIMEOUT));
  }

  synchronized Connection to(PeerPlace place) {
    return current.get(place);
  }

  /** Connects anew: after a fault a connection may wait long until it tries again. */
  synchronized void renew(PeerPlace place) {
    Connection before = current.put(place, open(place));
    before.client().closeWhenIdle();
    old.add(before);
  }

  @Override
  public synchronized void close() {
    old.addAll(current.values());
    old.forEach(connection -> connection.client().close());
  }
}
