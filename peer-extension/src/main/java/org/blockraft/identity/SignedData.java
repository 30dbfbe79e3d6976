package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.util.Objects;

/**
 * One claim "this identity signed this data".
 *
 * @param data the bytes that were signed
 * @param identity a serialized {@code msp.SerializedIdentity}
 * @param signature the signature as received
 */
public record SignedData(ByteString data, ByteString identity, ByteString signature) {
  public SignedData {
    Objects.requireNonNull(data);
    Objects.requireNonNull(identity);
    Objects.requireNonNull(signature);
  }
}
