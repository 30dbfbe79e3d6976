package org.blockraft.dispatch;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.blockraft.endorse.ProposalRejected;
import org.blockraft.worker.SimulationTask;
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
 * enough, and to another one when a worker is lost on the way. How many proposals are under way is
 * bounded; one more waits a bounded time and is then refused. Safe for use by many threads; callers
 * block.
 */
public final class ProposalDispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(ProposalDispatcher.class);

  /** How long a proposal waits for a place: as long as a gateway gives one endorsement. */
  private static final long WAIT_SECONDS = 30;

  /** A worker and the number of proposals it has from here. */
  private record Place(Worker worker, AtomicInteger outstanding) {}

  private final List<Place> places;
  private final Semaphore permits;
  private final int permitsMax;
  private final AnnouncedHeights announced;

  /**
   * @param workers at least one
   * @param proposalsMax proposals under way at a time
   */
  public ProposalDispatcher(
      List<? extends Worker> workers,
      int proposalsMax,
      AnnouncedHeights announced,
      MeterRegistry meters) {
    if (workers.isEmpty() || proposalsMax <= 0) {
      throw new IllegalArgumentException("a dispatcher needs a worker and a permit");
    }
    List<Place> all = new ArrayList<>();
    for (Worker worker : workers) {
      Place place = new Place(worker, new AtomicInteger());
      all.add(place);
      Gauge.builder("dispatch.outstanding", place.outstanding, AtomicInteger::get)
          .description("Proposals given to a worker and not answered yet.")
          .tag("worker", worker.name())
          .strongReference(true)
          .register(meters);
    }
    this.places = List.copyOf(all);
    this.permits = new Semaphore(proposalsMax);
    this.permitsMax = proposalsMax;
    this.announced = announced;
  }

  /**
   * Has a proposal checked, simulated and endorsed.
   *
   * @param filtered whether the filters of the Endorser service apply
   * @throws ProposalRejected with Fabric's text when it is refused, or when there is no place for
   *     it
   */
  public ProposalResponse endorse(SignedProposal proposal, boolean filtered) {
    acquire();
    try {
      return dispatch(proposal, filtered);
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

  private ProposalResponse dispatch(SignedProposal proposal, boolean filtered) {
    if (places.size() == 1) {
      // Nothing to choose: the only worker is this node, which is as high as what it announces.
      return run(places.getFirst(), new SimulationTask(proposal, "", filtered, 0));
    }
    String channelId = channelId(proposal);
    SimulationTask task =
        new SimulationTask(proposal, channelId, filtered, announced.of(channelId));
    List<Place> left = new ArrayList<>(places);
    while (true) {
      Place place = choose(left, task);
      try {
        return run(place, task);
      } catch (WorkerLost e) {
        LOG.warn("Worker {} is lost, its proposal goes elsewhere", place.worker.name(), e);
        left.remove(place);
        if (left.isEmpty()) {
          throw new ProposalRejected("no node can process the proposal", e);
        }
      }
    }
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
   * The least loaded worker that is high enough; when none is, the highest one, which will be there
   * first.
   */
  private static Place choose(List<Place> places, SimulationTask task) {
    Place best = null;
    Place highest = null;
    long highestHeight = -1;
    for (Place place : places) {
      long height = task.channelId().isEmpty() ? 0 : place.worker.height(task.channelId());
      if (height > highestHeight) {
        highest = place;
        highestHeight = height;
      }
      boolean free = best == null || place.outstanding.get() < best.outstanding.get();
      if (height >= task.minimumHeight() && free) {
        best = place;
      }
    }
    return best == null ? highest : best;
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
