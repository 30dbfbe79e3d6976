package org.blockraft.testnet;

import picocli.CommandLine.Command;

/** Says what runs, and of a cluster who leads and how far each node is. */
@Command(name = "status", description = "Say which processes run; of nodes, also who leads.")
final class StatusCommand extends Main.Verb {
  @Override
  public Integer call() {
    Processes processes = new Processes(Main.folder());
    for (String name : processes.names()) {
      String state = processes.alive(name).map(p -> "pid " + p.pid()).orElse("not running");
      say("%-24s %s".formatted(name, state));
    }
    Main.network("auto")
        .nodes()
        .ifPresent(
            nodes -> {
              try (ClusterWatch watch = new ClusterWatch(nodes)) {
                say("");
                watch.lines().forEach(this::say);
              }
            });
    return 0;
  }
}
