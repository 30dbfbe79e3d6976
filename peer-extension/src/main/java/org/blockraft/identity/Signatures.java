package org.blockraft.identity;

import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Signature verification and signing over the fastest healthy provider. Immutable; safe for use by
 * many threads.
 *
 * <p>Fabric: bccsp/sw.
 */
public final class Signatures {
  private Signatures() {}

  /** The process-wide instance: provider selection and self test happen on first use. */
  public static Signatures standard() {
    throw new IllegalStateException("being written");
  }

  /** The name of the provider behind elliptic-curve operations, for logs and health pages. */
  public String providerName() {
    throw new IllegalStateException("being written");
  }

  /**
   * Verifies a batch.
   *
   * @return bit i set: check i holds
   */
  public BitSet verifyAll(List<SignatureCheck> checks) {
    throw new IllegalStateException("being written");
  }

  /** Verifies a batch in pieces on an executor and waits for all of it. */
  public BitSet verifyAll(List<SignatureCheck> checks, Executor executor) {
    throw new IllegalStateException("being written");
  }
}
