package org.blockraft.differential;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.util.function.BiConsumer;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERSequence;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;

/**
 * Ways in which a transaction can be wrong that an orderer would refuse; peers must cope too. A
 * block with an envelope that lacks its payload or signature is not taken at all, and over a
 * payload without header a stock peer's process ends. An empty channel id has a stock peer ask its
 * local MSP for the creator, so that stock peers of two organizations differ; ours asks the
 * channel's.
 */
enum EnvelopeFault {
  BROKEN_SIGNATURE((t, who) -> t.bendEnvelope(e -> e.setSignature(broken(e.getSignature())))),
  HIGH_S_SIGNATURE((t, who) -> t.bendEnvelope(e -> e.setSignature(highS(e.getSignature())))),
  SIGNATURE_OF_ANOTHER(
      (t, who) -> t.bendEnvelope(e -> e.setSignature(who.client2().sign(e.getPayload())))),
  UNREADABLE_PAYLOAD((t, who) -> t.bendEnvelope(e -> e.setPayload(garbage()))),
  NO_CHANNEL_HEADER(
      (t, who) -> t.bendPayload(p -> p.setHeader(p.getHeader().toBuilder().clearChannelHeader()))),
  NO_SIGNATURE_HEADER(
      (t, who) ->
          t.bendPayload(p -> p.setHeader(p.getHeader().toBuilder().clearSignatureHeader()))),
  UNREADABLE_CHANNEL_HEADER(
      (t, who) ->
          t.bendPayload(p -> p.setHeader(p.getHeader().toBuilder().setChannelHeader(garbage())))),
  UNREADABLE_SIGNATURE_HEADER(
      (t, who) ->
          t.bendPayload(p -> p.setHeader(p.getHeader().toBuilder().setSignatureHeader(garbage())))),
  OTHER_CHANNEL((t, who) -> t.bendChannelHeader(h -> h.setChannelId("elsewhere"))),
  NO_CREATOR((t, who) -> t.bendSignatureHeader(h -> h.clearCreator())),
  UNREADABLE_CREATOR((t, who) -> t.bendSignatureHeader(h -> h.setCreator(garbage()))),
  CREATOR_OF_UNKNOWN_ORGANIZATION(
      (t, who) ->
          t.bendSignatureHeader(
              h ->
                  h.setCreator(
                      SerializedIdentity.newBuilder().setMspid("Org9MSP").build().toByteString()))),
  CREATOR_WITHOUT_CERTIFICATE(
      (t, who) ->
          t.bendSignatureHeader(
              h ->
                  h.setCreator(
                      SerializedIdentity.newBuilder().setMspid("Org1MSP").build().toByteString()))),
  OTHER_CREATOR((t, who) -> t.bendSignatureHeader(h -> h.setCreator(who.client2().serialized()))),
  TYPE_CONFIG_UPDATE(
      (t, who) -> t.bendChannelHeader(h -> h.setType(HeaderType.CONFIG_UPDATE_VALUE))),
  TYPE_ORDERER((t, who) -> t.bendChannelHeader(h -> h.setType(4))),
  TYPE_SEEK((t, who) -> t.bendChannelHeader(h -> h.setType(HeaderType.DELIVER_SEEK_INFO_VALUE)));

  private static final BigInteger ORDER =
      new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);

  @SuppressWarnings("ImmutableEnumChecker") // the lambdas hold nothing
  private final BiConsumer<TransactionBuilder, Parties> change;

  EnvelopeFault(BiConsumer<TransactionBuilder, Parties> change) {
    this.change = change;
  }

  void apply(TransactionBuilder transaction, Parties parties) {
    change.accept(transaction, parties);
  }

  private static ByteString broken(ByteString bytes) {
    byte[] copy = bytes.toByteArray();
    copy[copy.length - 1] ^= 1;
    return ByteString.copyFrom(copy);
  }

  private static ByteString garbage() {
    return ByteString.copyFrom(new byte[] {10, 100, 1, 2});
  }

  private static ByteString highS(ByteString signature) {
    ASN1Sequence pair = ASN1Sequence.getInstance(signature.toByteArray());
    BigInteger s = ASN1Integer.getInstance(pair.getObjectAt(1)).getValue();
    try {
      return ByteString.copyFrom(
          new DERSequence(
                  new org.bouncycastle.asn1.ASN1Encodable[] {
                    pair.getObjectAt(0), new ASN1Integer(ORDER.subtract(s))
                  })
              .getEncoded());
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
