package org.blockraft.peer;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.LogManager;
import org.blockraft.coordination.ClusterAccess;
import org.blockraft.coordination.CoordinationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code blockraft cluster}: what etcd knows of the cluster, and orders to its nodes. Reads the
 * core.yaml and CORE_* variables that {@code node start} reads, talks to etcd only and needs
 * neither an identity nor a running node on this machine.
 */
@Command(
    name = "cluster",
    description = "Look at a cluster, drain a node, move the leadership.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ClusterCommand.Status.class,
      ClusterCommand.Members.class,
      ClusterCommand.ShowLeader.class,
      ClusterCommand.Drain.class,
      ClusterCommand.Undrain.class,
      ClusterCommand.Resign.class
    })
final class ClusterCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** One command: what it does with the cluster, and what it prints. */
  abstract static class Order implements Callable<Integer> {
    @Spec private CommandSpec spec;

    abstract void run(ClusterOperator operator, PrintWriter out) throws InterruptedException;

    @Override
    public Integer call() throws InterruptedException {
      Map<String, String> environment = System.getenv();
      LogManager.getLogManager().reset(); // gRPC says by it what is in the error as well
      NodeProcess.logging(environment, "error");
      ClusterConfig.Etcd cluster = ClusterConfig.etcd(CoreYaml.load(environment));
      PrintWriter out = spec.commandLine().getOut();
      try (ClusterAccess etcd = ClusterAccess.connect(cluster.settings())) {
        run(new ClusterOperator(cluster.cluster(), etcd), out);
      } catch (CoordinationException e) {
        throw new CoordinationException(
            "cluster %s, etcd at %s: %s"
                .formatted(
                    cluster.cluster(),
                    String.join(" ", cluster.settings().endpoints()),
                    e.getMessage()),
            e);
      } finally {
        out.flush();
      }
      return 0;
    }
  }

  /** For commands that wait for nodes. */
  abstract static class WaitingOrder extends Order {
    @Option(
        names = "--timeout",
        paramLabel = "SECONDS",
        description = "How long to wait for the node (default: ${DEFAULT-VALUE}).",
        defaultValue = "30")
    private int seconds;

    Duration limit() {
      return Duration.ofSeconds(Math.max(1, seconds));
    }
  }

  @Command(
      name = "status",
      description = "Print leader, members, channels, packages and drained nodes.",
      mixinStandardHelpOptions = true)
  static final class Status extends Order {
    @Override
    void run(ClusterOperator operator, PrintWriter out) {
      operator.status().forEach(out::println);
    }
  }

  @Command(
      name = "members",
      description = "Print the nodes that are up: name, address, incarnation, what they do.",
      mixinStandardHelpOptions = true)
  static final class Members extends Order {
    @Override
    void run(ClusterOperator operator, PrintWriter out) {
      operator.members().forEach(out::println);
    }
  }

  @Command(
      name = "leader",
      description = "Print the name of the leader and its term; fails if nobody leads.",
      mixinStandardHelpOptions = true)
  static final class ShowLeader extends Order {
    @Override
    void run(ClusterOperator operator, PrintWriter out) {
      out.println(operator.leader());
    }
  }

  @Command(
      name = "drain",
      description =
          "Have a node give leadership and the other nodes' work away, wait until it has, and"
              + " keep it so, also over restarts, until undrain. It still serves its clients.",
      mixinStandardHelpOptions = true)
  static final class Drain extends WaitingOrder {
    @Parameters(paramLabel = "NODE", description = "The node's name.")
    private String node;

    @Option(names = "--force", description = "Even if no other node could lead.")
    private boolean force;

    @Override
    void run(ClusterOperator operator, PrintWriter out) throws InterruptedException {
      out.println(operator.drain(node, force, limit()));
    }
  }

  @Command(
      name = "undrain",
      description = "Let a drained node lead and work for the others again.",
      mixinStandardHelpOptions = true)
  static final class Undrain extends Order {
    @Parameters(paramLabel = "NODE", description = "The node's name.")
    private String node;

    @Override
    void run(ClusterOperator operator, PrintWriter out) {
      out.println(operator.undrain(node));
    }
  }

  @Command(
      name = "resign",
      description = "Have the leader give leadership away, and wait for the next one.",
      mixinStandardHelpOptions = true)
  static final class Resign extends WaitingOrder {
    @Override
    void run(ClusterOperator operator, PrintWriter out) throws InterruptedException {
      out.println(operator.resign(limit()));
    }
  }
}
