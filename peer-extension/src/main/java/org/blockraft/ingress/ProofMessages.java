package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status.Code;
import java.nio.charset.StandardCharsets;
import org.blockraft.ingress.wire.Entry;
import org.blockraft.ingress.wire.Key;
import org.blockraft.ingress.wire.ProveResponse;
import org.blockraft.ingress.wire.SignedRoot;
import org.blockraft.ingress.wire.Value;
import org.blockraft.merkle.ProofVerifier;
import org.blockraft.merkle.ProvedState;
import org.blockraft.state.VersionedValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Proofs as messages, and what messages show. */
public final class ProofMessages {
  private static final Logger LOG = LoggerFactory.getLogger(ProofMessages.class);

  private ProofMessages() {}

  /**
   * An answer that is not signed yet.
   *
   * @throws io.grpc.StatusRuntimeException if it would be too large, or if state and tree differ
   */
  static ProveResponse answer(
      String channel, ProvedState proved, ByteString blockHash, int bytesMax) {
    ProveResponse.Builder answer = ProveResponse.newBuilder();
    long bytes = 0;
    ByteString root = ByteString.copyFrom(proved.root());
    for (ProvedState.Entry each : proved.entries()) {
      Entry entry = entry(each);
      bytes += entry.getSerializedSize();
      if (bytes > bytesMax) {
        throw StateProofService.error(
            Code.RESOURCE_EXHAUSTED,
            "the values have more than %d bytes together: ask for fewer keys at once"
                .formatted(bytesMax));
      }
      if (!isProved(entry, root)) {
        LOG.error(
            "State and Merkle tree of channel {} differ at height {} in key {}",
            channel,
            proved.height(),
            each.key());
        throw StateProofService.error(
            Code.DATA_LOSS, "state and tree of this node differ in %s".formatted(each.key()));
      }
      answer.addEntries(entry);
    }
    return answer
        .setRoot(
            SignedRoot.newBuilder()
                .setChannel(channel)
                .setHeight(proved.height())
                .setBlockHash(blockHash)
                .setRoot(root))
        .build();
  }

  private static Entry entry(ProvedState.Entry proved) {
    Entry.Builder entry =
        Entry.newBuilder()
            .setKey(
                Key.newBuilder()
                    .setNamespace(proved.key().namespace())
                    .setKey(UnsafeByteOperations.unsafeWrap(proved.key().key())))
            .setProof(UnsafeByteOperations.unsafeWrap(proved.proof().bytes()));
    VersionedValue value = proved.value();
    if (value != null) {
      entry.setValue(
          Value.newBuilder()
              .setValue(UnsafeByteOperations.unsafeWrap(value.value()))
              .setMetadata(UnsafeByteOperations.unsafeWrap(value.metadata()))
              .setBlock(value.version().block())
              .setTx(value.version().tx()));
    }
    return entry.build();
  }

  /** Whether an entry's proof shows, under a root, what the entry says. */
  public static boolean isProved(Entry entry, ByteString root) {
    byte[] position =
        ProofVerifier.position(
            entry.getKey().getNamespace().getBytes(StandardCharsets.UTF_8),
            entry.getKey().getKey().toByteArray());
    byte[] proof = entry.getProof().toByteArray();
    if (!entry.hasValue()) {
      return ProofVerifier.excludes(root.toByteArray(), position, proof);
    }
    Value value = entry.getValue();
    byte[] content =
        ProofVerifier.content(
            value.getBlock(),
            value.getTx(),
            value.getMetadata().toByteArray(),
            value.getValue().toByteArray());
    return ProofVerifier.includes(root.toByteArray(), position, content, proof);
  }
}
