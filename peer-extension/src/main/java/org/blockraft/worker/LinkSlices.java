package org.blockraft.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.cluster.wire.Signers;
import org.blockraft.cluster.wire.VerifySlice;
import org.blockraft.replication.Siblings;
import org.blockraft.validate.SliceHelper;
import org.blockraft.validate.SliceVerdict;

/** Has slices verified by another node, over the link to it. */
public final class LinkSlices implements SliceHelper {
  /** Slices take milliseconds; one that takes longer is done here meanwhile. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** One that is being verified and one that waits, for each processor. */
  private static final int SLICES_PER_PROCESSOR = 2;

  private final String name;
  private final int processors;
  private final Siblings siblings;

  public LinkSlices(String name, int processors, Siblings siblings) {
    this.name = name;
    this.processors = processors;
    this.siblings = siblings;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int capacity() {
    return Math.max(1, processors) * SLICES_PER_PROCESSOR;
  }

  @Override
  public CompletableFuture<SliceVerdict> verify(
      String channelId, long block, int first, int count, long configSequence) {
    Request request =
        Request.newBuilder()
            .setVerifySlice(
                VerifySlice.newBuilder()
                    .setChannel(channelId)
                    .setBlock(block)
                    .setFirst(first)
                    .setCount(count)
                    .setConfigSequence(configSequence))
            .build();
    return siblings.request(name, request, TIMEOUT).thenApply(this::verdict);
  }

  private SliceVerdict verdict(Reply reply) {
    if (reply.getKindCase() != Reply.KindCase.PAYLOAD) {
      throw new WorkerLost(name + ": " + reply.getRefusal().getText(), null);
    }
    try {
      return decode(reply.getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw new CompletionException(e);
    }
  }

  private static SliceVerdict decode(ByteString payload) throws InvalidProtocolBufferException {
    var wire = org.blockraft.cluster.wire.SliceVerdict.parseFrom(payload);
    int[][] signers = new int[wire.getSignersCount()][];
    for (int i = 0; i < signers.length; i++) {
      signers[i] =
          wire.getSigners(i).getEndorsementList().stream().mapToInt(Integer::intValue).toArray();
    }
    return new SliceVerdict(wire.getFirst(), wire.getCodes().toByteArray(), signers);
  }

  /** What {@link #verify} understands. */
  public static ByteString encode(SliceVerdict verdict) {
    var wire =
        org.blockraft.cluster.wire.SliceVerdict.newBuilder()
            .setFirst(verdict.first())
            .setCodes(ByteString.copyFrom(verdict.codes()));
    for (int[] endorsements : verdict.signers()) {
      Signers.Builder signers = Signers.newBuilder();
      for (int endorsement : endorsements) {
        signers.addEndorsement(endorsement);
      }
      wire.addSigners(signers);
    }
    return wire.build().toByteString();
  }
}
