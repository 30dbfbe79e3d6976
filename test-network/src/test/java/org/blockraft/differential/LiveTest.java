package org.blockraft.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.blockraft.testnet.EtcdServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The comparison with running stock peers, where there are native Fabric binaries. Small by
 * default; {@code -Ddifference.rounds=15 -Ddifference.size=100} makes it more than 5,000
 * transactions.
 */
@EnabledIfEnvironmentVariable(named = "FABRIC_BIN", matches = ".+")
class LiveTest {
  private static final Path LAUNCHER = Path.of("../peer-extension/target/blockraft/bin/blockraft");

  @TempDir private Path folder;

  @Test
  void ourPeerDoesWhatStockPeersDo() {
    assertEquals(
        0,
        run(
            "live",
            "--rounds=" + System.getProperty("difference.rounds", "1"),
            "--size=" + System.getProperty("difference.size", "25")));
  }

  @Test
  void ourPeerSurvivesBeingKilled() {
    assertEquals(0, run("kill", "--kills=" + System.getProperty("difference.kills", "3")));
  }

  @Test
  void ourClusterDoesWhatStockPeersDo() {
    assumeTrue(EtcdServers.program(System.getenv()).isPresent(), EtcdServers.MISSING);
    assertEquals(0, run("live", "--rounds=1", "--size=15", "-nodes=3"));
  }

  @Test
  void ourClusterSurvivesThatNodesAreKilled() {
    assumeTrue(EtcdServers.program(System.getenv()).isPresent(), EtcdServers.MISSING);
    assertEquals(
        0, run("kill", "--kills=" + System.getProperty("difference.kills", "3"), "-nodes=3"));
  }

  private int run(String... arguments) {
    assumeTrue(Files.isExecutable(LAUNCHER), "the launcher is built in the package phase");
    CommandLine command = new CommandLine(new DifferentialCommand());
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--folder=" + folder;
    all[arguments.length + 1] = "--blockraft=" + LAUNCHER.toAbsolutePath().normalize();
    return command.execute(all);
  }
}
