package org.blockraft.testnet;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.MSPRole;
import org.hyperledger.fabric.protos.common.SignaturePolicy;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;

/** Small pieces of Fabric messages that clients and orderers make. */
public final class Protos {
  private Protos() {}

  public static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  /** Hex of SHA-256 over nonce and creator. */
  public static String transactionId(ByteString nonce, ByteString creator) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(nonce.concat(creator).toByteArray());
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A policy that one signature of any of the roles in the organization satisfies. */
  public static SignaturePolicyEnvelope anyRole(String mspId, List<String> roles) {
    SignaturePolicyEnvelope.Builder envelope = SignaturePolicyEnvelope.newBuilder();
    SignaturePolicy.NOutOf.Builder any = SignaturePolicy.NOutOf.newBuilder().setN(1);
    for (int i = 0; i < roles.size(); i++) {
      MSPRole role =
          MSPRole.newBuilder()
              .setMspIdentifier(mspId)
              .setRole(MSPRole.MSPRoleType.valueOf(roles.get(i).toUpperCase(Locale.ROOT)))
              .build();
      envelope.addIdentities(
          MSPPrincipal.newBuilder()
              .setPrincipalClassification(MSPPrincipal.Classification.ROLE)
              .setPrincipal(role.toByteString()));
      any.addRules(SignaturePolicy.newBuilder().setSignedBy(i));
    }
    return envelope.setRule(SignaturePolicy.newBuilder().setNOutOf(any)).build();
  }
}
