package org.blockraft.identity;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Hashes byte strings where they lie. A digest copies a read-only buffer in pieces before it hashes
 * them, which is all that {@link ByteString} offers otherwise.
 */
public final class DigestInput {
  private DigestInput() {}

  /** Adds the bytes to the digest. */
  public static void update(MessageDigest digest, ByteString bytes) {
    try {
      UnsafeByteOperations.unsafeWriteTo(bytes, new Output(digest));
    } catch (IOException e) {
      throw new UncheckedIOException("a digest does no input or output", e);
    }
  }

  /** Only reads the arrays that it is shown. */
  private static final class Output extends ByteOutput {
    private final MessageDigest digest;

    Output(MessageDigest digest) {
      this.digest = digest;
    }

    @Override
    public void write(byte value) {
      digest.update(value);
    }

    @Override
    public void write(byte[] value, int offset, int length) {
      digest.update(value, offset, length);
    }

    @Override
    public void writeLazy(byte[] value, int offset, int length) {
      digest.update(value, offset, length);
    }

    @Override
    public void write(ByteBuffer value) {
      digest.update(value);
    }

    @Override
    public void writeLazy(ByteBuffer value) {
      digest.update(value);
    }
  }
}
