package org.blockraft.testnet;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** A folder for a network within a test: the module's classes stand where its jars would. */
final class TestClusterFolder {
  private static final Path LAUNCHER_FOLDER = Path.of("../peer-extension/target/blockraft");
  private static final int SHIFT_MIN = 1000;
  private static final int SHIFT_STEP = 37;

  /** Ports stay below those that the system gives to clients. */
  private static final int SHIFTS = 500;

  private TestClusterFolder() {}

  static boolean isBuilt() {
    return Files.isExecutable(LAUNCHER_FOLDER.resolve("bin/blockraft"));
  }

  static NetworkFolder create(Path root, int nodes) throws IOException {
    Path libraries = Files.createDirectories(root.resolve("build/lib"));
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    for (String entry : classPath.split(File.pathSeparator)) {
      Path file = Path.of(entry).toAbsolutePath();
      if (entry.endsWith(".jar")) {
        Files.createSymbolicLink(libraries.resolve(file.getFileName()), file);
      }
    }
    writeContract(Path.of("target/classes"), "wallet", libraries.resolveSibling("x-wallet.jar"));
    return new NetworkFolder(
        root.resolve("network"),
        LAUNCHER_FOLDER.toAbsolutePath().normalize(),
        libraries,
        freePorts(nodes));
  }

  private static void writeContract(Path classes, String contract, Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes.resolve("org/blockraft").resolve(contract))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
  }

  private static NetworkPorts freePorts(int nodes) throws IOException {
    int start = (int) (ProcessHandle.current().pid() % SHIFTS);
    for (int i = 0; i < SHIFTS; i++) {
      NetworkPorts ports = new NetworkPorts(SHIFT_MIN + SHIFT_STEP * ((start + i) % SHIFTS));
      if (areFree(ports, nodes)) {
        return ports;
      }
    }
    throw new IOException("no free ports");
  }

  private static boolean areFree(NetworkPorts ports, int nodes) {
    List<Integer> needed =
        new ArrayList<>(List.of(ports.orderer(), ports.etcd(1), ports.etcd(1) + 1));
    for (int node = 1; node <= nodes; node++) {
      PeerPlace place = ports.node(node);
      String chaincode = ports.chaincode("wallet", node);
      needed.addAll(
          List.of(
              place.port(),
              place.chaincodePort(),
              place.linkPort(),
              place.operationsPort(),
              Integer.parseInt(chaincode.substring(chaincode.lastIndexOf(':') + 1))));
    }
    return needed.stream().allMatch(TestClusterFolder::isFree);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
