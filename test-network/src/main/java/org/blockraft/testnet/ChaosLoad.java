package org.blockraft.testnet;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** All clients of a long run: those that transact, those that only endorse, those that follow. */
final class ChaosLoad implements AutoCloseable {
  /** Enough that some wait for commits while others endorse. */
  private static final int CLIENTS_PER_NODE = 6;

  /** For each node; the gap between two of these is the least that can be measured. */
  private static final double ENDORSEMENTS_PER_SECOND = 15;

  private static final Duration EVENTS_TIMEOUT = Duration.ofSeconds(30);

  private final List<PeerPlace> places;
  private final ChaosConnections connections;
  private final ChaosPace pace;
  private final List<ChaosPace> endorserPaces = new ArrayList<>();
  private final List<ChaosFollower<?>> followers = new ArrayList<>();
  private final ChaosEvents events;
  private final ChaosRecord record;

  /**
   * What the load is.
   *
   * @param perSecond transactions of all clients together
   * @param height of the channel, where followers begin
   */
  record Plan(String channel, long seed, double perSecond, long height) {}

  ChaosLoad(
      NetworkFolder folder,
      List<PeerPlace> places,
      Plan plan,
      FaultBoard board,
      ChaosRecord record,
      InstantSource clock) {
    this.places = places;
    this.record = record;
    this.connections = new ChaosConnections(folder, places, clock);
    this.pace = new ChaosPace(plan.perSecond());
    // Another run on the same channel has other keys.
    String run = HexFormat.of().toHexDigits((short) clock.millis());
    var all =
        new ChaosClient.Surroundings(plan.channel(), places, connections, board, record, pace);
    for (int home = 0; home < places.size(); home++) {
      followers.add(new ChaosBlocks(all, places.get(home), plan.height()));
      for (int i = 0; i < CLIENTS_PER_NODE; i++) {
        int number = home * CLIENTS_PER_NODE + i;
        ChaosScripts scripts = new ChaosScripts("c" + run + number, plan.seed() + number);
        start(pace, new ChaosClient(all, scripts, home)::transact);
      }
      ChaosPace quick = new ChaosPace(ENDORSEMENTS_PER_SECOND);
      endorserPaces.add(quick);
      var endorsing =
          new ChaosClient.Surroundings(plan.channel(), places, connections, board, record, quick);
      ChaosScripts scripts = new ChaosScripts("e" + run + home, plan.seed() - 1 - home);
      start(quick, new ChaosClient(endorsing, scripts, home)::endorse);
    }
    events = new ChaosEvents(all, plan.height());
    followers.add(events);
    followers.forEach(ChaosFollower::start);
  }

  private static void start(ChaosPace pace, Runnable work) {
    pace.enter();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                work.run();
              } finally {
                pace.leave();
              }
            });
  }

  ChaosPace pace() {
    return pace;
  }

  /** Who follows any node goes to another one; the others wait whether this one comes back. */
  void struck(PeerPlace place) {
    events.leave(place);
  }

  /**
   * Clients of a node connect anew.
   *
   * @param cut whether those who follow it must too, since their connections may be dead
   */
  void recovered(PeerPlace place, boolean cut) {
    connections.renew(place);
    if (cut) {
      followers.forEach(follower -> follower.leave(place));
    }
  }

  /** Clients ask no more until told to go on, and have their answers. */
  void halt() {
    endorserPaces.forEach(each -> require(each.halt()));
    require(pace.halt());
  }

  void goOn() {
    pace.goOn();
    endorserPaces.forEach(ChaosPace::goOn);
    places.forEach(place -> record.endorsements(place).restart());
    places.forEach(place -> record.blocks(place).restart());
  }

  private void require(boolean answered) {
    if (!answered) {
      record.finding(pace.time() + " clients wait for answers that do not come");
    }
  }

  /** Gaps are counted from now. */
  void forgetGaps() {
    places.forEach(place -> record.endorsements(place).forget());
    places.forEach(place -> record.blocks(place).forget());
  }

  /** All that clients were told must have come to those who follow, once. */
  void checkEvents() {
    Map<String, Long> acknowledged = record.acknowledged();
    followers.forEach(follower -> follower.check(acknowledged, EVENTS_TIMEOUT));
  }

  ChaosConnections connections() {
    return connections;
  }

  @Override
  public void close() {
    endorserPaces.forEach(ChaosPace::end);
    pace.end();
    followers.forEach(ChaosFollower::close);
    connections.close();
  }
}
