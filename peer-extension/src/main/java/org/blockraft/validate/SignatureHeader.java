package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.util.Optional;

/** {@code common.SignatureHeader}. */
record SignatureHeader(ByteString creator, ByteString nonce) {

  /** Whether it names a creator and a nonce. */
  boolean isComplete() {
    return !creator.isEmpty() && !nonce.isEmpty();
  }

  /** Absent if malformed. */
  static Optional<SignatureHeader> parse(byte[] bytes, int from, int to) {
    ByteString creator = ByteString.EMPTY;
    ByteString nonce = ByteString.EMPTY;
    try {
      WireReader reader = new WireReader(bytes, from, to);
      while (reader.next()) {
        switch (reader.field(WireReader.BYTES)) {
          case 1 -> creator = reader.shared();
          case 2 -> nonce = reader.shared();
          default -> reader.skip();
        }
      }
    } catch (MalformedMessageException e) {
      return Optional.empty();
    }
    return Optional.of(new SignatureHeader(creator, nonce));
  }
}
