package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.blockraft.ingress.wire.SignedRoot;

/** The bytes that a peer signs for a root; {@code docs/merkle.md} names them too. */
public final class SignedRoots {
  /**
   * No protobuf message begins with a zero byte, so this signature is never one of anything else
   * that a peer signs.
   */
  private static final String DOMAIN = "\0blockraft state root v1";

  private SignedRoots() {}

  /** What {@link SignedRoot#getSignature} signs. */
  public static ByteString bytes(SignedRoot root) {
    byte[] channel = root.getChannel().getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      out.write(DOMAIN.getBytes(StandardCharsets.UTF_8));
      out.writeInt(channel.length);
      out.write(channel);
      out.writeLong(root.getHeight());
      out.writeInt(root.getBlockHash().size());
      root.getBlockHash().writeTo(out);
      out.writeInt(root.getRoot().size());
      root.getRoot().writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }
}
