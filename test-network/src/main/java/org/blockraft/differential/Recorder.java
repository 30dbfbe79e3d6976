package org.blockraft.differential;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/** Keeps every proposal and answer, and writes them with the chain. Safe for any thread. */
final class Recorder implements ProposalWitness {
  private final List<Recording.RecordedProposal> proposals = new ArrayList<>();

  @Override
  public synchronized void answered(
      long height, SignedProposal proposal, PeerConnection.Answer stock) {
    proposals.add(new Recording.RecordedProposal(height, proposal, withoutSignature(stock)));
  }

  /** The signature is another one each time; that there is one is kept. */
  private static PeerConnection.Answer withoutSignature(PeerConnection.Answer answer) {
    if (!answer.endorsed()) {
      return answer;
    }
    return new PeerConnection.Answer(
        answer.response().toBuilder()
            .setEndorsement(
                answer.response().getEndorsement().toBuilder().clearSignature().clearEndorser())
            .build(),
        null);
  }

  int count() {
    return proposals.size();
  }

  void write(DifferentialNetwork network, StockChain chain, Path file) throws IOException {
    Recording recording =
        new Recording(
            chain.blocks(),
            proposals,
            Recording.cryptoOf(
                network.crypto(),
                List.of(
                    network.ours.folder(network.crypto()),
                    network.stock1.organizationFolder(network.crypto()).resolve("users"),
                    network.ordererFolder())));
    try (OutputStream out = Files.newOutputStream(file)) {
      recording.write(out);
    }
  }
}
