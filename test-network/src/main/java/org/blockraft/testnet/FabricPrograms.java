package org.blockraft.testnet;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How stock Fabric's programs are run here: native ones by path, or those of the official images.
 *
 * @param mode {@code native} or {@code docker}
 * @param origin where they come from, for people
 */
public record FabricPrograms(String mode, String origin, Optional<Path> folder) {
  private static final List<String> NEEDED =
      List.of("peer", "orderer", "configtxgen", "cryptogen", "osnadmin");

  private static final String IMAGE_VERSION = "2.5";
  private static final Map<String, String> IMAGES =
      Map.of("peer", "hyperledger/fabric-peer", "orderer", "hyperledger/fabric-orderer");
  private static final String TOOLS_IMAGE = "hyperledger/fabric-tools";
  private static final long DOCKER_CHECK_SECONDS = 10;

  /** Native programs from {@code FABRIC_BIN} or else {@code PATH}. */
  public static Optional<FabricPrograms> findNative(Map<String, String> environment) {
    String configured = environment.getOrDefault("FABRIC_BIN", "");
    String places = configured.isEmpty() ? environment.getOrDefault("PATH", "") : configured;
    for (String place : places.split(File.pathSeparator)) {
      Path folder = Path.of(place).toAbsolutePath();
      if (NEEDED.stream().allMatch(n -> Files.isExecutable(folder.resolve(n)))) {
        return Optional.of(
            new FabricPrograms("native", "binaries in " + folder, Optional.of(folder)));
      }
    }
    return Optional.empty();
  }

  /** The official images, if a Docker engine answers. */
  static Optional<FabricPrograms> findDocker() {
    try {
      Process process =
          new ProcessBuilder("docker", "info")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean answers =
          process.waitFor(DOCKER_CHECK_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
      process.destroy();
      return answers
          ? Optional.of(
              new FabricPrograms("docker", "official images " + IMAGE_VERSION, Optional.empty()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /**
   * The command that runs a program; in a container it sees {@code mounted} at the same path and
   * the network of the host.
   */
  public List<String> command(String program, Path mounted, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (folder.isPresent()) {
      command.add(folder.get().resolve(program).toString());
    } else {
      String image = IMAGES.getOrDefault(program, TOOLS_IMAGE);
      command.addAll(List.of("docker", "run", "--rm", "--init", "--network=host"));
      command.addAll(List.of("-v", mounted + ":" + mounted, "-e", "FABRIC_CFG_PATH"));
      command.addAll(List.of(image + ":" + IMAGE_VERSION, program));
    }
    command.addAll(arguments);
    return command;
  }
}
