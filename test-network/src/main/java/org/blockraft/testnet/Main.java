package org.blockraft.testnet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.blockraft.bench.BenchCommand;
import org.blockraft.bench.SpeedCommand;
import org.blockraft.bench.TreeCommand;
import org.blockraft.differential.DifferentialCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The verbs of {@code network.sh}. */
@Command(
    name = "network.sh",
    description = "A local Fabric network with a BlockRaFT peer as the peer of Org1.",
    mixinStandardHelpOptions = true,
    subcommands = {
      Main.Up.class,
      Main.CreateChannel.class,
      Main.DeployChaincode.class,
      Main.Chaincode.class,
      StatusCommand.class,
      NodeCommands.Kill.class,
      NodeCommands.Start.class,
      NodeCommands.Pause.class,
      NodeCommands.Resume.class,
      NodeCommands.Partition.class,
      NodeCommands.Heal.class,
      Main.Down.class,
      DemoCommand.class,
      OrdererCommand.class,
      DifferentialCommand.class,
      BenchCommand.class,
      FailoverCommand.class,
      ChaosCommand.class
    })
public final class Main implements Runnable {
  /** The folder that holds everything of the network. */
  static final String FOLDER_VARIABLE = "BLOCKRAFT_NETWORK_FOLDER";

  private static final String DISTRIBUTION_PROPERTY = "blockraft.distribution";
  private static final String LIBRARIES_PROPERTY = "blockraft.libraries";

  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.getSubcommands().get("compare").addSubcommand(new SpeedCommand());
    commandLine.getSubcommands().get("compare").addSubcommand(new TreeCommand());
    // For those added above, too.
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler(
        (failure, line, parsed) -> {
          if (failure instanceof NetworkException) {
            line.getErr().println("error: " + failure.getMessage());
            return 1;
          }
          throw failure;
        });
    System.exit(commandLine.execute(args));
  }

  public static NetworkFolder folder() {
    Path root = Path.of(System.getenv().getOrDefault(FOLDER_VARIABLE, "network")).toAbsolutePath();
    int shift = Integer.parseInt(System.getenv().getOrDefault(NetworkPorts.VARIABLE, "0"));
    return new NetworkFolder(
        root,
        Path.of(System.getProperty(DISTRIBUTION_PROPERTY, "blockraft")),
        Path.of(System.getProperty(LIBRARIES_PROPERTY, "lib")),
        new NetworkPorts(
            shift,
            ClusterPlan.of(root).filter(ClusterPlan::isolated).isPresent(),
            System.getenv()
                .getOrDefault(NetworkPorts.NAMESPACES_VARIABLE, NetworkPorts.NAMESPACES)));
  }

  static LocalNetwork network(String mode) {
    InstantSource clock = InstantSource.system();
    NetworkFolder folder = folder();
    return new LocalNetwork(
        folder, LocalNetwork.surroundings(folder, mode, System.getenv(), clock), clock);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Base of the commands: where they print. */
  abstract static class Verb implements Callable<Integer> {
    @Spec private CommandSpec spec;

    final void say(String line) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(line);
      out.flush();
    }
  }

  /** The option that chooses what surrounds the peer. */
  static final class Mode {
    @Option(
        names = "-mode",
        defaultValue = "auto",
        description = "native, docker, embedded, or auto: the first that is there.")
    private String name;

    LocalNetwork network() {
      return Main.network(name);
    }
  }

  @Command(name = "up", description = "Start the network; with createChannel also a channel.")
  static final class Up extends Verb {
    @CommandLine.Mixin private Mode mode;

    @Option(names = "-c", defaultValue = "mychannel", description = "Channel name.")
    private String channel;

    @Option(names = "-nodes", defaultValue = "1", description = "Processes that are our peer.")
    private int nodes;

    @Option(names = "-etcd", defaultValue = "1", description = "Members of etcd, if several nodes.")
    private int etcdMembers;

    @Option(
        names = "-isolate",
        description = "Give each node a network namespace, so that it can be cut off (root only).")
    private boolean isolate;

    @CommandLine.Parameters(arity = "0..1", description = "createChannel", defaultValue = "")
    private String then;

    @Override
    public Integer call() {
      Optional<ClusterPlan> plan =
          nodes == 1 ? Optional.empty() : Optional.of(new ClusterPlan(nodes, etcdMembers, isolate));
      plan.ifPresent(p -> p.write(folder()));
      LocalNetwork network = mode.network();
      say("mode: " + network.surroundings().name() + ", " + network.surroundings().description());
      if (plan.isPresent()) {
        network.up(plan.get());
      } else {
        network.up();
      }
      say("the network is up");
      if (then.equals("createChannel")) {
        network.createChannel(channel);
        say("channel " + channel + " is there and joined");
      } else if (!then.isEmpty()) {
        throw new NetworkException("up knows createChannel, not " + then);
      }
      return 0;
    }
  }

  @Command(name = "createChannel", description = "Create a channel and join it.")
  static final class CreateChannel extends Verb {
    @Option(names = "-c", defaultValue = "mychannel", description = "Channel name.")
    private String channel;

    @Override
    public Integer call() {
      LocalNetwork network = Main.network("auto");
      if (!network.isUp()) {
        network.up();
      }
      network.createChannel(channel);
      say("channel " + channel + " is there and joined");
      return 0;
    }
  }

  @Command(
      name = "deployCC",
      description = "Deploy a chaincode: wallet, voting, probe, or a server that runs already.")
  static final class DeployChaincode extends Verb {
    @Option(names = "-c", defaultValue = "mychannel", description = "Channel name.")
    private String channel;

    @Option(names = "-ccn", defaultValue = "wallet", description = "Chaincode name.")
    private String name;

    @Option(names = "-ccv", defaultValue = "1.0", description = "Chaincode version.")
    private String version;

    @Option(
        names = "-ccaddress",
        description = "host:port of a chaincode server of your own; start it with the id printed.")
    private String address;

    @Override
    public Integer call() {
      boolean sample = address == null;
      if (sample && !ChaincodeServers.isSample(name)) {
        throw new NetworkException(
            name + " is not a sample (wallet, voting, probe); give its server with -ccaddress");
      }
      String server = sample ? ChaincodeServers.address(name, folder()) : address;
      var deployment = new LocalNetwork.Deployment(name, version, server);
      String id = LocalNetwork.packageId(deployment);
      if (sample) {
        new ChaincodeServers(folder()).start(name, id);
      }
      Main.network("auto").deploy(channel, deployment);
      say("chaincode %s is committed on %s, package id %s".formatted(name, channel, id));
      return 0;
    }
  }

  @Command(
      name = "cc",
      description = "Call a chaincode.",
      subcommands = {Main.Invoke.class, Main.Query.class})
  static final class Chaincode implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** What invoke and query have in common. */
  abstract static class Call extends Verb {
    @Option(names = "-c", defaultValue = "mychannel", description = "Channel name.")
    private String channel;

    @Option(names = "-ccn", defaultValue = "wallet", description = "Chaincode name.")
    private String name;

    @Option(names = "-node", description = "Through which node; the first that runs.")
    private String node;

    final Integer call(String constructor, boolean submit) {
      List<String> args = arguments(constructor);
      List<String> rest = args.subList(1, args.size());
      LocalNetwork network = Main.network("auto");
      var call = new LocalNetwork.Call(channel, name, args.getFirst(), rest);
      PeerPlace place = network.place(Optional.ofNullable(node));
      say(submit ? network.invoke(call, place) : network.query(call, place));
      return 0;
    }

    private static List<String> arguments(String constructor) {
      try {
        JsonNode args = new ObjectMapper().readTree(constructor).path("Args");
        List<String> texts = new ArrayList<>();
        args.forEach(a -> texts.add(a.asText()));
        if (!texts.isEmpty()) {
          return texts;
        }
      } catch (JsonProcessingException e) {
        throw new NetworkException("not JSON: " + constructor);
      }
      throw new NetworkException("give {\"Args\":[\"function\", ...]}, not " + constructor);
    }
  }

  @Command(name = "invoke", description = "Submit a transaction and wait for its commit.")
  static final class Invoke extends Call {
    @Option(names = "-ccic", required = true, description = "{\"Args\":[\"function\", ...]}")
    private String constructor;

    @Override
    public Integer call() {
      return call(constructor, true);
    }
  }

  @Command(name = "query", description = "Evaluate a transaction.")
  static final class Query extends Call {
    @Option(names = "-ccqc", required = true, description = "{\"Args\":[\"function\", ...]}")
    private String constructor;

    @Override
    public Integer call() {
      return call(constructor, false);
    }
  }

  @Command(name = "down", description = "Stop everything and remove all data.")
  static final class Down extends Verb {
    @Override
    public Integer call() {
      LocalNetwork.down(folder());
      say("the network is down and its data removed");
      return 0;
    }
  }
}
