package org.blockraft.dispatch;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.blockraft.endorse.ProposalRejected;
import org.blockraft.worker.SimulationTask;
import org.blockraft.worker.SmoothedLoad;
import org.blockraft.worker.Worker;
import org.blockraft.worker.WorkerLost;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each proposal to the worker with the least outstanding work among those that are high
 * enough, and to another one when a worker is lost on the way. A proposal leaves this node only if
 * this node's clients have lately asked for more than the other node does: of nodes that all have
 * their clients, none gains by a detour. How many proposals are under way is bounded; one more
 * waits a bounded time and is then refused. Safe for use by many threads; callers block.
 */
public final class ProposalDispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(ProposalDispatcher.class);

  /** How long a proposal waits for a place: as long as a gateway gives one endorsement. */
  private static final long WAIT_SECONDS = 30;

  /**
   * How much busier this node must be than another one before a proposal goes there: a hop costs
   * the ingress more than a short queue.
   */
  private static final int HOP_COST = 2;

  /** What a proposal that another node works on costs this one, of what it costs to do it here. */
  private static final double FORWARDING_SHARE = 0.25;

  /** How much more than another node this one must have to do lately; less may be chance. */
  private static final double BUSIER = 2;

  private static final int BUSIER_BY = 4;

  /** A worker and the number of proposals it has from here. */
  private record Place(Worker worker, AtomicInteger outstanding) {

    /** What it has to do as far as this node knows. */
    int load() {
      return worker.outstanding() + HOP_COST;
    }
  }

  private final Place local;
  private final Map<String, Place> others = new ConcurrentHashMap<>();
  private final MeterRegistry meters;
  private final Semaphore permits;
  private final int permitsMax;
  private final AnnouncedHeights announced;

  /** Proposals of this node's clients wherever they are worked on, or what is worked on here. */
  private final SmoothedLoad demand = new SmoothedLoad();

  /**
   * @param local the worker of this node
   * @param proposalsMax proposals under way at a time
   */
  public ProposalDispatcher(
      Worker local, int proposalsMax, AnnouncedHeights announced, MeterRegistry meters) {
    if (proposalsMax <= 0) {
      throw new IllegalArgumentException("a dispatcher needs a permit");
    }
    this.meters = meters;
    this.local = place(local);
    this.permits = new Semaphore(proposalsMax);
    this.permitsMax = proposalsMax;
    this.announced = announced;
  }

  private Place place(Worker worker) {
    Place place = new Place(worker, new AtomicInteger());
    Gauge.builder("dispatch.outstanding", place.outstanding, AtomicInteger::get)
        .description("Proposals given to a worker and not answered yet.")
        .tag("worker", worker.name())
        .strongReference(true)
        .register(meters);
    return place;
  }

  /** Another node's worker is there; it may be away at times. */
  public void add(Worker worker) {
    others.computeIfAbsent(worker.name(), name -> place(worker));
  }

  /** Proposals from clients of this node that are not answered yet. */
  public int underWay() {
    return permitsMax - permits.availablePermits();
  }

  /** Looks how much there is to do; called by one thread with each heartbeat. */
  public void sample() {
    demand.sample(Math.max(underWay(), local.worker.outstanding()));
  }

  /**
   * Has a proposal checked, simulated and endorsed; the caller waits.
   *
   * @param filtered whether the filters of the Endorser service apply
   * @throws ProposalRejected with Fabric's text when it is refused, or when there is no place for
   *     it
   */
  public ProposalResponse endorse(SignedProposal proposal, boolean filtered) {
    acquire();
    try {
      return run(new ArrayList<>(others.values()), task(proposal, filtered));
    } finally {
      permits.release();
    }
  }

  private void acquire() {
    try {
      if (permits.tryAcquire() || permits.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new ProposalRejected(
        "too many requests for /protos.Endorser, exceeding concurrency limit (" + permitsMax + ")");
  }

  /** The same without making the caller wait; fails with what {@link #endorse} throws. */
  public CompletableFuture<ProposalResponse> submit(SignedProposal proposal, boolean filtered) {
    if (!permits.tryAcquire()) {
      return CompletableFuture.supplyAsync(
          () -> endorse(proposal, filtered), Thread::startVirtualThread);
    }
    SimulationTask task = task(proposal, filtered);
    Place place = choose(others.values(), task);
    place.outstanding.incrementAndGet();
    return place
        .worker
        .submit(task)
        .whenComplete((response, failure) -> place.outstanding.decrementAndGet())
        .exceptionallyCompose(failure -> elsewhere(place, task, failure))
        .whenComplete((response, failure) -> permits.release())
        .copy(); // cancelled, it still gives its place back
  }

  private CompletableFuture<ProposalResponse> elsewhere(
      Place lost, SimulationTask task, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!(cause instanceof WorkerLost)) {
      return CompletableFuture.failedFuture(cause);
    }
    List<Place> left = new ArrayList<>(others.values());
    leave(left, lost, cause);
    return CompletableFuture.supplyAsync(() -> run(left, task), Thread::startVirtualThread);
  }

  private SimulationTask task(SignedProposal proposal, boolean filtered) {
    if (others.isEmpty()) {
      // Nothing to choose: the only worker is this node, which is as high as what it announces.
      return new SimulationTask(proposal, "", filtered, 0);
    }
    String channelId = channelId(proposal);
    return new SimulationTask(proposal, channelId, filtered, announced.of(channelId));
  }

  private ProposalResponse run(List<Place> left, SimulationTask task) {
    while (true) {
      Place place = choose(left, task);
      try {
        return run(place, task);
      } catch (WorkerLost e) {
        leave(left, place, e);
      }
    }
  }

  private static void leave(List<Place> left, Place lost, Throwable why) {
    LOG.info("A proposal goes elsewhere: {}", why.getMessage());
    left.remove(lost);
  }

  private static ProposalResponse run(Place place, SimulationTask task) {
    place.outstanding.incrementAndGet();
    try {
      return place.worker.simulate(task);
    } finally {
      place.outstanding.decrementAndGet();
    }
  }

  /**
   * The least loaded worker that is high enough. This node always is: what it announces it has.
   *
   * @param places of other nodes
   */
  private Place choose(Collection<Place> places, SimulationTask task) {
    Place best = local;
    if (task.channelId().isEmpty()) {
      return best; // it concerns the peer as such, or will be refused anyway
    }
    int forwarded = 0;
    for (Place place : others.values()) {
      forwarded += place.outstanding.get();
    }
    boolean elsewhere = !local.worker.isAvailable();
    int load =
        elsewhere
            ? Integer.MAX_VALUE
            : local.worker.outstanding() + (int) (forwarded * FORWARDING_SHARE);
    double lately = demand.value();
    for (Place place : places) {
      if (place.load() < load
          && (elsewhere || lately > place.worker.load() * BUSIER + BUSIER_BY)
          && place.worker.isAvailable()
          && place.worker.height(task.channelId()) >= task.minimumHeight()) {
        best = place;
        load = place.load();
      }
    }
    return best;
  }

  private static String channelId(SignedProposal signed) {
    try {
      Proposal proposal = Proposal.parseFrom(signed.getProposalBytes());
      Header header = Header.parseFrom(proposal.getHeader());
      return ChannelHeader.parseFrom(header.getChannelHeader()).getChannelId();
    } catch (InvalidProtocolBufferException e) {
      return "";
    }
  }
}
