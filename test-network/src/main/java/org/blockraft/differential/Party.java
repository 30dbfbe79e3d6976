package org.blockraft.differential;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.InstantSource;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.Signer;
import org.hyperledger.fabric.protos.peer.Endorsement;

/** Somebody with a key: a client, an administrator, or a peer in whose name we endorse. */
public record Party(Signer signer) {
  public static Party load(Path msp, String mspId) {
    return new Party(LocalMsp.load(msp, mspId, InstantSource.system()).signer());
  }

  public ByteString serialized() {
    return signer.serialized();
  }

  public ByteString sign(ByteString message) {
    return signer.sign(message);
  }

  /** Endorses the bytes of a proposal response payload. */
  Endorsement endorse(ByteString payload) {
    return Endorsement.newBuilder()
        .setEndorser(serialized())
        .setSignature(sign(payload.concat(serialized())))
        .build();
  }
}
