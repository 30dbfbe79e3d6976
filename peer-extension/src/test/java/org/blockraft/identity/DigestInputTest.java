package org.blockraft.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DigestInputTest {
  private static final byte[] BYTES =
      "bytes of a message, long enough to be cut".getBytes(java.nio.charset.StandardCharsets.UTF_8);

  /** However the bytes are held: in one array, a part of one, pieces, or outside of the heap. */
  @Test
  void hashesWhatTheByteStringHolds() throws Exception {
    ByteBuffer direct = ByteBuffer.allocateDirect(BYTES.length).put(BYTES).flip();
    ByteString padded = ByteString.copyFrom(BYTES).concat(ByteString.copyFrom(new byte[200]));
    ByteString whole = ByteString.copyFrom(BYTES);
    for (ByteString held :
        List.of(
            whole,
            ByteString.copyFrom(padded.toByteArray()).substring(0, BYTES.length),
            padded.substring(0, BYTES.length),
            UnsafeByteOperations.unsafeWrap(direct))) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      DigestInput.update(digest, held);
      assertArrayEquals(MessageDigest.getInstance("SHA-256").digest(BYTES), digest.digest());
    }
  }
}
