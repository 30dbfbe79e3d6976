package org.blockraft.endorse;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.blockraft.identity.DigestInput;
import org.blockraft.identity.Identity;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.Malformed;
import org.blockraft.identity.MspManager;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.peer.ChaincodeHeaderExtension;
import org.hyperledger.fabric.protos.peer.ChaincodeInput;
import org.hyperledger.fabric.protos.peer.ChaincodeInvocationSpec;
import org.hyperledger.fabric.protos.peer.ChaincodeProposalPayload;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A proposal taken apart once, with the hash that its response will carry.
 *
 * <p>Fabric source: core/endorser/msgvalidation.go.
 */
record UnpackedProposal(
    SignedProposal signed,
    Proposal proposal,
    ChannelHeader channelHeader,
    SignatureHeader signatureHeader,
    String chaincode,
    ChaincodeInput input,
    ByteString hash) {
  private static final Logger LOG = LoggerFactory.getLogger("endorser");

  String channelId() {
    return channelHeader.getChannelId();
  }

  String txId() {
    return channelHeader.getTxId();
  }

  /** Parses the proposal and applies the filters as soon as what they need is known. */
  static UnpackedProposal unpack(SignedProposal signed, AuthFilters filters) {
    boolean filtered = filters.expiryChecked() || filters.windowChecked();
    Proposal proposal =
        parse(
            Proposal.parser(),
            signed.getProposalBytes(),
            "Proposal",
            filtered ? "failed parsing proposal: " : "");
    Header header =
        parse(
            Header.parser(),
            proposal.getHeader(),
            "Header",
            filtered ? "failed parsing header: " : "");
    SignatureHeader signatureHeader = null;
    if (filters.expiryChecked()) {
      signatureHeader = signatureHeader(header, "failed parsing signature header: ");
      filters.requireNotExpired(signatureHeader.getCreator());
    }
    ChannelHeader channelHeader =
        parse(
            ChannelHeader.parser(),
            header.getChannelHeader(),
            "ChannelHeader",
            filters.windowChecked() ? "failed parsing channel header: " : "");
    if (filters.windowChecked()) {
      filters.requireInWindow(channelHeader.getTimestamp());
    }
    filters.requireOpen();
    if (signatureHeader == null) {
      signatureHeader = signatureHeader(header, "");
    }
    String chaincode = chaincode(channelHeader);
    ChaincodeProposalPayload payload =
        parse(
            ChaincodeProposalPayload.parser(),
            proposal.getPayload(),
            "ChaincodeProposalPayload",
            "");
    ChaincodeInvocationSpec spec =
        parse(ChaincodeInvocationSpec.parser(), payload.getInput(), "ChaincodeInvocationSpec", "");
    if (!spec.hasChaincodeSpec()) {
      throw new ProposalRejected("chaincode invocation spec did not contain chaincode spec");
    }
    if (!spec.getChaincodeSpec().hasInput()) {
      throw new ProposalRejected("chaincode input did not contain any input");
    }
    return new UnpackedProposal(
        signed,
        proposal,
        channelHeader,
        signatureHeader,
        chaincode,
        spec.getChaincodeSpec().getInput(),
        proposalHash(header, payload));
  }

  private static String chaincode(ChannelHeader channelHeader) {
    ChaincodeHeaderExtension extension =
        parse(
            ChaincodeHeaderExtension.parser(),
            channelHeader.getExtension(),
            "ChaincodeHeaderExtension",
            "");
    if (!extension.hasChaincodeId()) {
      throw new ProposalRejected("ChaincodeHeaderExtension.ChaincodeId is nil");
    }
    if (extension.getChaincodeId().getName().isEmpty()) {
      throw new ProposalRejected("ChaincodeHeaderExtension.ChaincodeId.Name is empty");
    }
    return extension.getChaincodeId().getName();
  }

  /** The transient map, and whatever else a client put beside the input, is not hashed. */
  private static ByteString proposalHash(Header header, ChaincodeProposalPayload payload) {
    MessageDigest digest = sha256();
    DigestInput.update(digest, header.getChannelHeader());
    DigestInput.update(digest, header.getSignatureHeader());
    digest.update(
        ChaincodeProposalPayload.newBuilder().setInput(payload.getInput()).build().toByteArray());
    return ByteString.copyFrom(digest.digest());
  }

  /**
   * Checks headers and the creator's signature.
   *
   * @return the creator
   */
  Identity validate(MspManager msps) {
    int type = channelHeader.getType();
    if (type != HeaderType.ENDORSER_TRANSACTION_VALUE && type != HeaderType.CONFIG_VALUE) {
      HeaderType known = HeaderType.forNumber(type);
      throw new ProposalRejected(
          "invalid header type " + (known == null ? Integer.toString(type) : known.name()));
    }
    if (channelHeader.getEpoch() != 0) {
      throw new ProposalRejected("epoch is non-zero");
    }
    ByteString nonce = signatureHeader.getNonce();
    if (nonce.isEmpty()) {
      throw new ProposalRejected("nonce is empty");
    }
    ByteString creatorBytes = signatureHeader.getCreator();
    if (creatorBytes.isEmpty()) {
      throw new ProposalRejected("creator is empty");
    }
    String expectedTxId = txId(nonce, creatorBytes);
    if (!txId().equals(expectedTxId)) {
      throw new ProposalRejected(
          "incorrectly computed txid '%s' -- expected '%s'".formatted(txId(), expectedTxId));
    }
    if (signed.getProposalBytes().isEmpty()) {
      throw new ProposalRejected("empty proposal bytes");
    }
    if (signed.getSignature().isEmpty()) {
      throw new ProposalRejected("empty signature bytes");
    }
    return verifiedCreator(msps, creatorBytes);
  }

  private Identity verifiedCreator(MspManager msps, ByteString creatorBytes) {
    Identity creator;
    try {
      creator = msps.deserialize(creatorBytes);
    } catch (IdentityException e) {
      LOG.warn("access denied on channel {}: {}", channelId(), e.getMessage());
      throw new ProposalRejected(
          "access denied: channel [%s] creator org unknown, creator is malformed"
              .formatted(channelId()),
          e);
    }
    try {
      creator.validate();
      creator.verify(signed.getProposalBytes(), signed.getSignature());
    } catch (IdentityException e) {
      LOG.warn(
          "access denied on channel {} for a member of {}: {}",
          channelId(),
          creator.mspId(),
          e.getMessage());
      throw new ProposalRejected(
          "access denied: channel [%s] creator org [%s]".formatted(channelId(), creator.mspId()),
          e);
    }
    return creator;
  }

  static String txId(ByteString nonce, ByteString creator) {
    MessageDigest digest = sha256();
    DigestInput.update(digest, nonce);
    DigestInput.update(digest, creator);
    return HexFormat.of().formatHex(digest.digest());
  }

  private static SignatureHeader signatureHeader(Header header, String context) {
    return parse(SignatureHeader.parser(), header.getSignatureHeader(), "SignatureHeader", context);
  }

  /**
   * @param context what a filter puts before its errors; empty where the endorser itself parses
   */
  private static <M extends Message> M parse(
      Parser<M> parser, ByteString bytes, String name, String context) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      String text = context + "error unmarshalling " + name + ": " + Malformed.text(e);
      throw context.isEmpty() ? new ProposalRejected(text, e) : ProposalRejected.byFilter(text, e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
