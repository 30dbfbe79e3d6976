package org.blockraft.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.LogManager;
import org.blockraft.ingress.wire.Key;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code blockraft state}: what the state says, with proofs that need no peer to be checked. */
@Command(
    name = "state",
    description = "Get values of a channel's state with proofs, and check such proofs.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {StateCommand.Proof.class, StateCommand.Verify.class})
final class StateCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static byte[] hex(CommandSpec spec, String option, String text) {
    try {
      return HexFormat.of().parseHex(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), option + " is not hexadecimal: " + e.getMessage(), e);
    }
  }

  @Command(
      name = "proof",
      description =
          "Ask the peer at peer.address for keys with proofs and its signature, as the user of"
              + " peer.mspConfigPath.",
      mixinStandardHelpOptions = true)
  static final class Proof implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = {"-C", "--channelID"},
        required = true,
        paramLabel = "CHANNEL",
        description = "The channel.")
    private String channel;

    @Option(
        names = {"-n", "--namespace"},
        required = true,
        paramLabel = "NAMESPACE",
        description = "A chaincode's name, or CHAINCODE$$hCOLLECTION for hashes of private data.")
    private String namespace;

    @Option(
        names = {"-k", "--key"},
        paramLabel = "KEY",
        description = "A key; may be given several times.")
    private List<String> keys = new ArrayList<>();

    @Option(
        names = "--key-hex",
        paramLabel = "HEX",
        description = "A key in hexadecimal, such as a composite one; may be given several times.")
    private List<String> hexKeys = new ArrayList<>();

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Where to keep values, proofs and signature, for 'blockraft state verify'.")
    private Path out;

    @Override
    public Integer call() throws IOException {
      List<Key> wanted = new ArrayList<>();
      keys.forEach(key -> wanted.add(key(ByteString.copyFromUtf8(key))));
      hexKeys.forEach(
          key -> wanted.add(key(UnsafeByteOperations.unsafeWrap(hex(spec, "--key-hex", key)))));
      if (wanted.isEmpty()) {
        throw new ParameterException(spec.commandLine(), "a key is needed: -k or --key-hex");
      }
      Map<String, String> environment = System.getenv();
      LogManager.getLogManager().reset(); // gRPC says by it what is in the error as well
      NodeProcess.logging(environment, "error");
      StateProofClient client =
          new StateProofClient(CoreYaml.load(environment), InstantSource.system());
      ProvedAnswer answer = new ProvedAnswer(client.prove(channel, wanted));
      answer.requireAnswerTo(channel, wanted);
      answer.requireProofs();
      client.requireOwnSignature(answer);
      if (out != null) {
        Files.write(out, answer.bytes().toByteArray());
      }
      print(spec, answer);
      return 0;
    }

    private Key key(ByteString key) {
      return Key.newBuilder().setNamespace(namespace).setKey(key).build();
    }
  }

  private static void print(CommandSpec spec, ProvedAnswer answer) {
    PrintWriter writer = spec.commandLine().getOut();
    answer.lines().forEach(writer::println);
    writer.flush();
  }

  @Command(
      name = "verify",
      description =
          "Check a file that 'blockraft state proof' has written, against a root that is known, or"
              + " authorities that are trusted, or both. Needs neither a peer nor core.yaml.",
      // The file comes first: --trust takes all that follows it.
      customSynopsis =
          "blockraft state verify FILE [--root=HEX] [--trust CA...] [--any-member] [-hV]",
      mixinStandardHelpOptions = true)
  static final class Verify implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "What is to be checked.")
    private Path file;

    @Option(names = "--root", paramLabel = "HEX", description = "The root that it must have.")
    private String root;

    @Option(
        names = "--trust",
        paramLabel = "CA",
        arity = "1..*",
        description =
            "PEM files of the authorities, roots and intermediates, of the organization whose peer"
                + " must have signed.")
    private List<Path> trust = new ArrayList<>();

    @Option(
        names = "--any-member",
        description =
            "Take the signature of any member, where certificates do not tell peers by the"
                + " organizational unit 'peer'.")
    private boolean anyMember;

    @Override
    public Integer call() {
      if (root == null && trust.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(), "something to check against is needed: --root or --trust");
      }
      byte[] expected = root == null ? null : hex(spec, "--root", root);
      NodeProcess.logging(System.getenv(), "error");
      ProvedAnswer answer = ProvedAnswer.parse(StateProofClient.read(file));
      answer.requireProofs();
      if (expected != null) {
        answer.requireRoot(expected);
      }
      if (!trust.isEmpty()) {
        List<ByteString> authorities = trust.stream().map(StateProofClient::read).toList();
        answer.requireSignature(new SignerTrust(authorities, anyMember)::signer);
      }
      print(spec, answer);
      PrintWriter writer = spec.commandLine().getOut();
      writer.println();
      writer.println(
          trust.isEmpty()
              ? "The proofs hold under this root. The signature was not checked."
              : "The proofs hold, and the signature of the root is good.");
      writer.flush();
      return 0;
    }
  }
}
