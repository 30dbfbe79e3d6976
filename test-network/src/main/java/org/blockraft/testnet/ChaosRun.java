package org.blockraft.testnet;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/** A long run: load, faults, comparisons between them and at the end. */
final class ChaosRun {
  private static final Duration CHECK_EVERY = Duration.ofMinutes(5);
  private static final Duration SAME_HEIGHT_TIMEOUT = Duration.ofMinutes(2);

  /** What faults cost of the load, and what conflicts. */
  private static final double SURPLUS = 2;

  private static final int LATER_MAX = 2;

  /** The first calls of a process are slow. */
  private static final Duration WARM_UP = Duration.ofSeconds(20);

  /**
   * What is to be done.
   *
   * @param transactions that the chain must have in the end, at least
   * @param cuts whether nodes can be cut off
   */
  record Plan(String channel, long seed, Duration length, int transactions, boolean cuts) {
    double perSecond() {
      return SURPLUS * transactions / length.toSeconds();
    }
  }

  private final NetworkFolder folder;
  private final ClusterNodes nodes;
  private final Plan plan;
  private final Consumer<String> progress;
  private final ChaosReport report = new ChaosReport();
  private final ChaosRecord record;
  private final FaultBoard board = new FaultBoard();
  private final ChainAudit audit;
  private final InstantSource clock;
  private int said;

  ChaosRun(
      NetworkFolder folder,
      LocalNetwork network,
      Plan plan,
      InstantSource clock,
      Consumer<String> progress) {
    this.folder = folder;
    this.nodes = network.nodes().orElseThrow();
    this.plan = plan;
    this.clock = clock;
    this.progress = progress;
    this.record = new ChaosRecord(nodes.places());
    List<ChainAudit.Source> sources = new ArrayList<>();
    if (network.surroundings().organizations().contains(NetworkFolder.ORG2)) {
      PeerPlace stock = folder.ports().peer(NetworkFolder.ORG2);
      sources.add(new ChainAudit.Source(NetworkFolder.ORG2, stock));
    } else {
      progress.accept("no stock peer in this network: the nodes are compared with each other only");
    }
    nodes.places().forEach(p -> sources.add(new ChainAudit.Source(NetworkFolder.ORG1, p)));
    this.audit = new ChainAudit(folder, plan.channel(), sources, clock);
  }

  ChaosReport report() {
    return report;
  }

  ChaosRecord record() {
    return record;
  }

  /** Returns when all has been compared. */
  void run() {
    try (ClusterWatch watch = new ClusterWatch(nodes)) {
      watch.awaitComplete(SAME_HEIGHT_TIMEOUT);
      long height = watch.awaitSameHeight(plan.channel(), 1, SAME_HEIGHT_TIMEOUT);
      var load =
          new ChaosLoad(
              folder,
              nodes.places(),
              new ChaosLoad.Plan(plan.channel(), plan.seed(), plan.perSecond(), height),
              board,
              record,
              clock);
      try (load) {
        faults(watch, load);
        check(watch, load);
        end(load);
      }
    }
  }

  private void faults(ClusterWatch watch, ChaosLoad load) {
    ChaosPlan faults = new ChaosPlan(plan.seed(), plan.cuts());
    ChaosFaults drill = new ChaosFaults(plan.channel(), nodes, watch, load, record, board);
    try {
      drill.quiet(WARM_UP);
      long began = System.nanoTime();
      long checked = began;
      while (goesOn(Duration.ofNanos(System.nanoTime() - began))) {
        ChaosPlan.Fault fault = faults.next();
        report.add(drill.quiet(fault.rest()));
        say(load, drill.strike(fault));
        if (System.nanoTime() - checked > CHECK_EVERY.toNanos()) {
          check(watch, load);
          load.goOn();
          checked = System.nanoTime();
        }
      }
    } catch (NetworkException e) {
      finding(load, "the run breaks off: " + e.getMessage());
    }
  }

  /** For the time that was asked for, and then until there are enough transactions. */
  private boolean goesOn(Duration since) {
    boolean enough = decided() >= plan.transactions();
    return since.compareTo(plan.length()) < 0
        || (!enough && since.compareTo(plan.length().multipliedBy(LATER_MAX)) < 0);
  }

  private long decided() {
    long all = 0;
    for (TxValidationCode code : TxValidationCode.values()) {
      all += record.counted(code.name());
    }
    return all;
  }

  private void say(ChaosLoad load, ChaosFaults.Seen seen) {
    report.add(seen);
    sayFindings();
    progress.accept(
        "%s  %3d. %-22s %-20s for %4d ms: no endorsement %5d ms, no commit %5d ms, caught up after"
                .formatted(
                    load.pace().time(),
                    report.faults(),
                    seen.kind().title(),
                    String.join(" ", seen.struck()),
                    seen.length().toMillis(),
                    seen.endorsementGap().toMillis(),
                    seen.commitGap().toMillis())
            + " %5d ms; %d transactions, %d findings"
                .formatted(seen.recovery().toMillis(), decided(), record.found()));
  }

  /** Those that are new. */
  private void sayFindings() {
    List<String> all = record.findings();
    all.subList(said, all.size()).forEach(text -> progress.accept("  finding: " + text));
    said = all.size();
  }

  /** Halts the load, and compares all blocks that are new. */
  private void check(ClusterWatch watch, ChaosLoad load) {
    load.halt();
    try {
      watch.awaitComplete(SAME_HEIGHT_TIMEOUT);
      long height = watch.awaitSameHeight(plan.channel(), audit.height() + 1, SAME_HEIGHT_TIMEOUT);
      List<String> differences = audit.compare(height);
      differences.forEach(d -> finding(load, d));
      progress.accept(
          "%s  compared up to height %d, commit hash %s: %d differences; %d transactions: %s"
              .formatted(
                  load.pace().time(),
                  height,
                  audit.commitHash(),
                  differences.size(),
                  audit.transactions(),
                  audit.flags()));
    } catch (NetworkException e) {
      finding(load, "blocks cannot be compared: " + e.getMessage());
    }
  }

  private void end(ChaosLoad load) {
    audit.missing(record.acknowledged()).forEach(text -> finding(load, text));
    load.checkEvents();
    try {
      new StateAudit(load.connections(), plan.channel(), nodes.places())
          .compare(record.privateKeys())
          .forEach(text -> finding(load, text));
    } catch (NetworkException e) {
      finding(load, "state cannot be compared: " + e.getMessage());
    }
    if (audit.transactions() < plan.transactions()) {
      finding(
          load,
          "%d transactions only, instead of %d"
              .formatted(audit.transactions(), plan.transactions()));
    }
  }

  private void finding(ChaosLoad load, String text) {
    record.finding(load.pace().time() + " " + text);
  }

  /** Figures of the whole run, for people and for the file. */
  Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("faults", report.faults());
    figures.put("height", audit.height());
    figures.put("commitHash", audit.commitHash());
    figures.put("transactions", audit.transactions());
    figures.put("flags", audit.flags());
    figures.put("acknowledged", record.acknowledged().size());
    figures.put("acknowledgedWithPrivateData", record.privateKeys().size());
    figures.put("counts", record.counts());
    figures.put("commitLatencyMillis", record.latencies().quantiles());
    figures.put("findings", record.found());
    return figures;
  }
}
