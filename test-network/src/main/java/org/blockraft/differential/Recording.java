package org.blockraft.differential;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * A chain and proposals with what a stock peer made of them, as one zip file: {@code blocks},
 * {@code proposals}, and below {@code crypto/} the throwaway key material of the network.
 *
 * @param blocks with the stock peer's flags and commit hashes, from the genesis block on
 * @param proposals in an order in which they can be replayed
 * @param crypto file contents by path
 */
record Recording(
    List<Block> blocks, List<RecordedProposal> proposals, Map<String, ByteString> crypto) {
  private static final String CRYPTO = "crypto/";

  /**
   * A proposal and the stock peer's answer, without the endorsement.
   *
   * @param height number of blocks that the peer had
   */
  record RecordedProposal(long height, SignedProposal proposal, PeerConnection.Answer answer) {
    void write(DataOutputStream out) throws IOException {
      out.writeLong(height);
      proposal.writeDelimitedTo(out);
      out.writeUTF(answer.failure() == null ? "" : answer.failure());
      if (answer.failure() == null) {
        answer.response().writeDelimitedTo(out);
      }
    }

    static RecordedProposal read(DataInputStream in) throws IOException {
      long height = in.readLong();
      SignedProposal proposal = SignedProposal.parseDelimitedFrom(in);
      String failure = in.readUTF();
      return new RecordedProposal(
          height,
          proposal,
          failure.isEmpty()
              ? new PeerConnection.Answer(ProposalResponse.parseDelimitedFrom(in), null)
              : new PeerConnection.Answer(null, failure));
    }
  }

  void write(OutputStream target) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(target)) {
      zip.setLevel(Deflater.BEST_COMPRESSION);
      zip.putNextEntry(new ZipEntry("blocks"));
      for (Block block : blocks) {
        block.writeDelimitedTo(zip);
      }
      zip.putNextEntry(new ZipEntry("proposals"));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      for (RecordedProposal proposal : proposals) {
        proposal.write(out);
      }
      bytes.writeTo(zip);
      for (Map.Entry<String, ByteString> file : crypto.entrySet()) {
        zip.putNextEntry(new ZipEntry(CRYPTO + file.getKey()));
        file.getValue().writeTo(zip);
      }
    }
  }

  static Recording read(InputStream source) throws IOException {
    List<Block> blocks = new ArrayList<>();
    List<RecordedProposal> proposals = new ArrayList<>();
    Map<String, ByteString> crypto = new TreeMap<>();
    try (ZipInputStream zip = new ZipInputStream(source)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] content = zip.readAllBytes();
        if (entry.getName().equals("blocks")) {
          InputStream in = new ByteArrayInputStream(content);
          while (in.available() > 0) {
            blocks.add(Block.parseDelimitedFrom(in));
          }
        } else if (entry.getName().equals("proposals")) {
          DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
          while (in.available() > 0) {
            proposals.add(RecordedProposal.read(in));
          }
        } else {
          crypto.put(entry.getName().substring(CRYPTO.length()), ByteString.copyFrom(content));
        }
      }
    }
    return new Recording(blocks, proposals, crypto);
  }

  /** The files below the folders of a key material that a replay needs. */
  static Map<String, ByteString> cryptoOf(Path root, List<Path> folders) {
    Map<String, ByteString> files = new TreeMap<>();
    for (Path folder : folders) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path file : all.filter(Files::isRegularFile).toList()) {
          files.put(
              root.relativize(file).toString(), ByteString.copyFrom(Files.readAllBytes(file)));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  /** Writes the key material below a folder. */
  void unpackCrypto(Path root) {
    crypto.forEach(
        (name, content) -> {
          try {
            Path file = root.resolve(name).normalize();
            Files.createDirectories(file.getParent());
            Files.write(file, content.toByteArray());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
