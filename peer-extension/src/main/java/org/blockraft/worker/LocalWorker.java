package org.blockraft.worker;

import io.grpc.Context;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.blockraft.validate.SliceVerdict;
import org.blockraft.validate.ValidationSlice;
import org.hyperledger.fabric.protos.peer.ProposalResponse;

/** The worker of this node. */
public final class LocalWorker implements Worker {
  private final String name;
  private final Function<SimulationTask, ProposalResponse> endorser;
  private final Function<ValidationSlice, SliceVerdict> verifier;
  private final ToLongFunction<String> heights;

  /**
   * @param endorser {@code Endorser.process}
   * @param verifier {@code SliceVerifier::verify} with the channel's configuration in force
   * @param heights the height of a channel's ledger; zero when the channel is not joined
   */
  public LocalWorker(
      String name,
      Function<SimulationTask, ProposalResponse> endorser,
      Function<ValidationSlice, SliceVerdict> verifier,
      ToLongFunction<String> heights) {
    this.name = name;
    this.endorser = endorser;
    this.verifier = verifier;
    this.heights = heights;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long height(String channelId) {
    return heights.applyAsLong(channelId);
  }

  @Override
  public ProposalResponse simulate(SimulationTask task) {
    // What simulation opens, such as a stream to a chaincode, must outlive the client's call.
    Context before = Context.ROOT.attach();
    try {
      return endorser.apply(task);
    } finally {
      Context.ROOT.detach(before);
    }
  }

  @Override
  public SliceVerdict verify(ValidationSlice slice) {
    return verifier.apply(slice);
  }
}
