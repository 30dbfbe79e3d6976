package org.blockraft.peer;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.blockraft.coordination.CoordinationException;
import org.blockraft.identity.IdentityException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command line: {@code blockraft node start}, {@code blockraft cluster}, {@code blockraft
 * state}, {@code blockraft version}. A command that fails ends with 1, wrong usage with 2, a node
 * that its cluster refuses with 3.
 */
@Command(
    name = "blockraft",
    description = "One Hyperledger Fabric peer that runs as a cluster.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      Main.Node.class,
      ClusterCommand.class,
      StateCommand.class,
      Main.VersionCommand.class,
      Main.Train.class
    })
public final class Main implements Runnable {
  /** Starting the node again by itself does not help: an operator has to choose another name. */
  private static final int REFUSED = 3;

  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setExecutionExceptionHandler(
        (failure, line, parsed) -> {
          if (failure instanceof RefusedException) {
            line.getErr().println("Error: the cluster refuses this node: " + failure.getMessage());
            return REFUSED;
          }
          if (failure instanceof ConfigurationException
              || failure instanceof CoordinationException
              || failure instanceof ProofRefused
              || failure instanceof IdentityException) {
            line.getErr().println("Error: " + failure.getMessage());
            return 1;
          }
          throw failure;
        });
    return commandLine;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return ProductVersion.text().split("\n");
    }
  }

  @Command(name = "version", description = "Print the version.", mixinStandardHelpOptions = true)
  static final class VersionCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      PrintWriter out = spec.commandLine().getOut();
      out.print(ProductVersion.text());
      out.flush();
    }
  }

  /** What the build runs to make the AOT cache; of no use to anybody else, so not listed. */
  @Command(name = "train", hidden = true)
  static final class Train implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
      TrainingRun.run();
      return 0;
    }
  }

  @Command(
      name = "node",
      description = "Operate a peer node: start.",
      mixinStandardHelpOptions = true,
      subcommands = NodeStart.class)
  static final class Node implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  @Command(
      name = "start",
      description =
          "Start a node with the core.yaml in FABRIC_CFG_PATH and CORE_* overrides, as"
              + " 'peer node start' does.",
      mixinStandardHelpOptions = true)
  static final class NodeStart implements Runnable {
    @Option(
        names = "--peer-chaincodedev",
        description = "Start the peer in chaincode development mode.",
        arity = "0..1",
        fallbackValue = "true",
        defaultValue = "false")
    private boolean devMode;

    @Override
    public void run() {
      NodeProcess.run(System.getenv(), devMode);
    }
  }
}
