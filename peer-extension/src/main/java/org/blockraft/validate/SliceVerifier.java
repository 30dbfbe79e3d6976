package org.blockraft.validate;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.Identity;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.MspManager;
import org.blockraft.identity.SignatureCheck;
import org.blockraft.identity.Signatures;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/**
 * Verifies a slice: structure, creators and endorsement signatures, all signatures as one batch.
 * Pure; one instance per slice, used by one thread.
 *
 * <p>Fabric: core/common/validation/msgvalidation.go ValidateTransaction, common/policies/policy.go
 * SignatureSetToValidIdentities.
 */
public final class SliceVerifier {

  private static final int[] NOBODY = {};

  private final ValidationSlice slice;
  private final MspManager msps;
  private final byte[] codes;
  private final int[][] signers;
  private final List<SignatureCheck> checks = new ArrayList<>();
  private final int[] creatorChecks;
  private final Claim[][] claims;

  /** An endorsement by a known identity; the check is -1 if an earlier one may settle it. */
  private record Claim(int endorsement, Identity identity, int check, boolean repeated) {}

  private SliceVerifier(ValidationSlice slice, ChannelConfig config) {
    int size = slice.transactions().size();
    this.slice = slice;
    this.msps = config.msps();
    this.codes = new byte[size];
    this.signers = new int[size][];
    this.creatorChecks = new int[size];
    this.claims = new Claim[size][];
  }

  /** Verifies a slice under a channel configuration. */
  public static SliceVerdict verify(ValidationSlice slice, ChannelConfig config) {
    return new SliceVerifier(slice, config).verify();
  }

  private SliceVerdict verify() {
    for (int i = 0; i < codes.length; i++) {
      collect(i);
    }
    BitSet good = Signatures.standard().verifyAll(checks);
    for (int i = 0; i < codes.length; i++) {
      settle(i, good);
    }
    return new SliceVerdict(slice.first(), codes, signers);
  }

  /** Decides all but the signatures, whose checks join the batch. */
  private void collect(int i) {
    ParsedTransaction transaction = slice.transactions().get(i);
    creatorChecks[i] = -1;
    signers[i] = NOBODY;
    TxValidationCode early = EnvelopeChecks.beforeCreator(transaction);
    if (early != TxValidationCode.VALID) {
      codes[i] = (byte) early.getNumber();
      return;
    }
    Identity creator = creator(transaction);
    if (creator == null) {
      codes[i] = TxValidationCode.BAD_CREATOR_SIGNATURE_VALUE;
      return;
    }
    creatorChecks[i] = checks.size();
    checks.add(new SignatureCheck(creator.key(), transaction.payload(), transaction.signature()));
    TxValidationCode late = EnvelopeChecks.afterCreator(transaction);
    codes[i] = (byte) late.getNumber();
    if (late == TxValidationCode.VALID) {
      transaction.endorserTransaction().ifPresent(action -> claims[i] = claims(action));
    }
  }

  /**
   * A valid identity that is known on this channel, else null. A transaction that names another
   * channel has no creator known here.
   */
  private Identity creator(ParsedTransaction transaction) {
    if (!transaction.channelId().equals(slice.channelId())) {
      return null;
    }
    try {
      Identity creator = msps.deserialize(transaction.creator());
      creator.validate();
      return creator;
    } catch (IdentityException e) {
      return null;
    }
  }

  private Claim[] claims(EndorserTransaction action) {
    List<EndorserTransaction.Endorsement> endorsements = action.endorsements();
    List<Claim> found = new ArrayList<>(endorsements.size());
    Map<String, Boolean> seen = new HashMap<>();
    for (int e = 0; e < endorsements.size(); e++) {
      Identity identity;
      try {
        identity = msps.deserialize(endorsements.get(e).endorser());
      } catch (IdentityException refused) {
        continue;
      }
      boolean repeated = seen.put(signer(identity), true) != null;
      found.add(new Claim(e, identity, repeated ? -1 : checks.size(), repeated));
      if (!repeated) {
        checks.add(check(action, e, identity));
      }
    }
    return found.toArray(Claim[]::new);
  }

  private void settle(int i, BitSet good) {
    if (creatorChecks[i] >= 0 && !good.get(creatorChecks[i])) {
      codes[i] = TxValidationCode.BAD_CREATOR_SIGNATURE_VALUE;
      return;
    }
    if (claims[i] == null) {
      return;
    }
    EndorserTransaction action = slice.transactions().get(i).endorserTransaction().orElseThrow();
    int[] accepted = new int[claims[i].length];
    int count = 0;
    Map<String, Boolean> acceptedSigners = new HashMap<>();
    for (Claim claim : claims[i]) {
      String signer = signer(claim.identity());
      if (!acceptedSigners.containsKey(signer) && isGood(claim, action, good)) {
        acceptedSigners.put(signer, true);
        accepted[count++] = claim.endorsement();
      }
    }
    signers[i] = Arrays.copyOf(accepted, count);
  }

  /** A repeated signer's further signatures are looked at only if the earlier ones were bad. */
  private boolean isGood(Claim claim, EndorserTransaction action, BitSet good) {
    if (!claim.repeated()) {
      return good.get(claim.check());
    }
    SignatureCheck check = check(action, claim.endorsement(), claim.identity());
    return Signatures.standard().verifyAll(List.of(check)).get(0);
  }

  private static SignatureCheck check(EndorserTransaction action, int e, Identity identity) {
    EndorserTransaction.Endorsement endorsement = action.endorsements().get(e);
    ByteString response = action.proposalResponsePayload();
    ByteString endorser = endorsement.endorser();
    byte[] message = new byte[response.size() + endorser.size()];
    response.copyTo(message, 0);
    endorser.copyTo(message, response.size());
    return new SignatureCheck(
        identity.key(), UnsafeByteOperations.unsafeWrap(message), endorsement.signature());
  }

  private static String signer(Identity identity) {
    return identity.mspId() + identity.uniqueId();
  }
}
