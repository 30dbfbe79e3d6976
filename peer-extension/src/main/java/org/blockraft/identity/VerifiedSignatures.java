package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The latest signatures of one key that were verified and hold. A proposal's signature is asked for
 * twice within microseconds, by the proposal check and by the access policy; the second time is
 * answered from here. Safe for use by many threads.
 */
final class VerifiedSignatures {
  /** Proposals of one client under way at once, roughly; more only cost a second verification. */
  private static final int SLOTS = 16;

  private final AtomicReferenceArray<Verified> slots = new AtomicReferenceArray<>(SLOTS);

  @SuppressWarnings("ArrayRecordComponent") // never leaves this class
  private record Verified(byte[] digest, ByteString signature) {}

  boolean contains(byte[] digest, ByteString signature) {
    Verified latest = slots.get(slot(digest));
    return latest != null
        && latest.signature.equals(signature)
        && Arrays.equals(latest.digest, digest);
  }

  void add(byte[] digest, ByteString signature) {
    // A copy, since the signature may be a slice that would keep a whole message in memory.
    byte[] copy = signature.toByteArray();
    slots.set(slot(digest), new Verified(digest, ByteString.copyFrom(copy)));
  }

  private static int slot(byte[] digest) {
    return digest[0] & (SLOTS - 1);
  }
}
