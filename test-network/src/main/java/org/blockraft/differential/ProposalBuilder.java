package org.blockraft.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.blockraft.testnet.Protos;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.peer.ChaincodeHeaderExtension;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.ChaincodeInput;
import org.hyperledger.fabric.protos.peer.ChaincodeInvocationSpec;
import org.hyperledger.fabric.protos.peer.ChaincodeProposalPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeSpec;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/** Makes signed proposals, good ones unless a part is bent on purpose. */
public final class ProposalBuilder {
  private final Party creator;
  private final String channelId;
  private final String chaincode;
  private final List<ByteString> args = new ArrayList<>();
  private final Map<String, ByteString> transients = new TreeMap<>();
  private boolean init;
  private Consumer<ChannelHeader.Builder> channelHeader = b -> {};
  private Consumer<SignatureHeader.Builder> signatureHeader = b -> {};
  private Consumer<ChaincodeInvocationSpec.Builder> spec = b -> {};
  private Consumer<Proposal.Builder> proposal = b -> {};
  private Consumer<SignedProposal.Builder> signed = b -> {};

  public ProposalBuilder(Party creator, String channelId, String chaincode) {
    this.creator = creator;
    this.channelId = channelId;
    this.chaincode = chaincode;
  }

  public ProposalBuilder args(String... texts) {
    for (String text : texts) {
      args.add(ByteString.copyFromUtf8(text));
    }
    return this;
  }

  public ProposalBuilder arg(Message message) {
    args.add(message.toByteString());
    return this;
  }

  public ProposalBuilder arg(ByteString bytes) {
    args.add(bytes);
    return this;
  }

  ProposalBuilder transientValue(String name, ByteString value) {
    transients.put(name, value);
    return this;
  }

  ProposalBuilder init() {
    init = true;
    return this;
  }

  ProposalBuilder bendChannelHeader(Consumer<ChannelHeader.Builder> change) {
    channelHeader = change;
    return this;
  }

  ProposalBuilder bendSignatureHeader(Consumer<SignatureHeader.Builder> change) {
    signatureHeader = change;
    return this;
  }

  ProposalBuilder bendSpec(Consumer<ChaincodeInvocationSpec.Builder> change) {
    spec = change;
    return this;
  }

  ProposalBuilder bendProposal(Consumer<Proposal.Builder> change) {
    proposal = change;
    return this;
  }

  /** Changes the message after it is signed. */
  ProposalBuilder bendSigned(Consumer<SignedProposal.Builder> change) {
    signed = change;
    return this;
  }

  public Draft build() {
    SignatureHeader.Builder signatureBuilder = creator.signer().newSignatureHeader().toBuilder();
    signatureHeader.accept(signatureBuilder);
    SignatureHeader signature = signatureBuilder.build();
    ChaincodeID id = ChaincodeID.newBuilder().setName(chaincode).build();
    ChannelHeader.Builder channelBuilder =
        ChannelHeader.newBuilder()
            .setType(HeaderType.ENDORSER_TRANSACTION_VALUE)
            .setTimestamp(Protos.timestamp(InstantSource.system().instant()))
            .setChannelId(channelId)
            .setTxId(Protos.transactionId(signature.getNonce(), signature.getCreator()))
            .setExtension(
                ChaincodeHeaderExtension.newBuilder().setChaincodeId(id).build().toByteString());
    channelHeader.accept(channelBuilder);
    ChannelHeader channel = channelBuilder.build();
    ChaincodeInvocationSpec.Builder specBuilder =
        ChaincodeInvocationSpec.newBuilder()
            .setChaincodeSpec(
                ChaincodeSpec.newBuilder()
                    .setType(ChaincodeSpec.Type.JAVA)
                    .setChaincodeId(id)
                    .setInput(ChaincodeInput.newBuilder().addAllArgs(args).setIsInit(init)));
    spec.accept(specBuilder);
    ChaincodeProposalPayload payload =
        ChaincodeProposalPayload.newBuilder().setInput(specBuilder.build().toByteString()).build();
    Header header =
        Header.newBuilder()
            .setChannelHeader(channel.toByteString())
            .setSignatureHeader(signature.toByteString())
            .build();
    Proposal.Builder proposalBuilder =
        Proposal.newBuilder()
            .setHeader(header.toByteString())
            .setPayload(payload.toBuilder().putAllTransientMap(transients).build().toByteString());
    proposal.accept(proposalBuilder);
    ByteString bytes = proposalBuilder.build().toByteString();
    SignedProposal.Builder signedBuilder =
        SignedProposal.newBuilder().setProposalBytes(bytes).setSignature(creator.sign(bytes));
    signed.accept(signedBuilder);
    return new Draft(
        creator,
        channelId,
        channel.getTxId(),
        channel.toByteString(),
        signature.toByteString(),
        payload.toByteString(),
        signedBuilder.build());
  }
}
