package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.function.UnaryOperator;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.GossipMessage;
import org.hyperledger.fabric.protos.gossip.Secret;
import org.hyperledger.fabric.protos.gossip.SecretEnvelope;

/**
 * A message and the envelope that it travels in; the envelope's bytes are never made anew.
 *
 * <p>Fabric: gossip/protoext/signing.go.
 */
record SignedMessage(GossipMessage content, Envelope envelope) {

  /**
   * Opens an envelope.
   *
   * @throws GossipException if there is no message in it
   */
  static SignedMessage open(Envelope envelope) {
    try {
      return new SignedMessage(GossipMessage.parseFrom(envelope.getPayload()), envelope);
    } catch (InvalidProtocolBufferException e) {
      throw new GossipException("Failed unmarshalling GossipMessage from envelope", e);
    }
  }

  /** Most messages between two peers carry no signature: their connection is authenticated. */
  static Envelope unsigned(GossipMessage content) {
    return Envelope.newBuilder().setPayload(content.toByteString()).build();
  }

  static SignedMessage sign(GossipMessage content, UnaryOperator<ByteString> sign) {
    ByteString payload = content.toByteString();
    return new SignedMessage(
        content,
        Envelope.newBuilder().setPayload(payload).setSignature(sign.apply(payload)).build());
  }

  /** With an endpoint that only the own organization gets to see. */
  SignedMessage withInternalEndpoint(String endpoint, UnaryOperator<ByteString> sign) {
    ByteString secret = Secret.newBuilder().setInternalEndpoint(endpoint).build().toByteString();
    return new SignedMessage(
        content,
        envelope.toBuilder()
            .setSecretEnvelope(
                SecretEnvelope.newBuilder().setPayload(secret).setSignature(sign.apply(secret)))
            .build());
  }

  Envelope withoutSecret() {
    return envelope.hasSecretEnvelope()
        ? envelope.toBuilder().clearSecretEnvelope().build()
        : envelope;
  }

  /** The endpoint for the own organization; empty if the message has none that can be read. */
  String internalEndpoint() {
    try {
      return Secret.parseFrom(envelope.getSecretEnvelope().getPayload()).getInternalEndpoint();
    } catch (InvalidProtocolBufferException e) {
      return "";
    }
  }
}
