package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.util.List;

/** An idemix MSP: known by name only. */
final class IdemixMsp implements Msp {
  @Override
  public String id() {
    throw new IllegalStateException("being written");
  }

  @Override
  public MspVersion version() {
    throw new IllegalStateException("being written");
  }

  @Override
  public Identity deserialize(ByteString serializedIdentity) {
    throw new IllegalStateException("being written");
  }

  @Override
  public List<ByteString> tlsRootCerts() {
    throw new IllegalStateException("being written");
  }

  @Override
  public List<ByteString> tlsIntermediateCerts() {
    throw new IllegalStateException("being written");
  }
}
