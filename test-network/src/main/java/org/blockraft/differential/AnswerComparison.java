package org.blockraft.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.Optional;
import org.blockraft.differential.PeerConnection.Answer;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.peer.ChaincodeAction;
import org.hyperledger.fabric.protos.peer.ChaincodeCall;
import org.hyperledger.fabric.protos.peer.ChaincodeInterest;
import org.hyperledger.fabric.protos.peer.ChaincodeInvocationSpec;
import org.hyperledger.fabric.protos.peer.ChaincodeProposalPayload;
import org.hyperledger.fabric.protos.peer.Endorsement;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.ProposalResponsePayload;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.hyperledger.fabric.protos.peer.lifecycle.CheckCommitReadinessResult;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionResult;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryChaincodeDefinitionsResult;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryInstalledChaincodesResult;

/** Compares two answers to one proposal: everything but the signature and who signed. */
final class AnswerComparison {
  private AnswerComparison() {}

  static Optional<Difference> compare(
      long height, SignedProposal proposal, Answer stock, Answer ours) {
    if (comparable(proposal, stock).equals(comparable(proposal, ours))) {
      return Optional.empty();
    }
    return Optional.of(
        new Difference(
            "height %d, proposal %s%n  stock: %s%n  ours:  %s"
                .formatted(height, describe(proposal), describe(stock), describe(ours))));
  }

  /** The answer without what a stock peer itself gives in another form each time. */
  private static Answer comparable(SignedProposal proposal, Answer answer) {
    if (answer.failure() != null) {
      return new Answer(null, sameSpaces(answer.failure()));
    }
    ProposalResponse.Builder response = answer.response().toBuilder();
    response.clearEndorsement();
    if (answer.endorsed()) {
      response.setEndorsement(Endorsement.getDefaultInstance());
    }
    ChaincodeInterest.Builder interest = ChaincodeInterest.newBuilder();
    response.getInterest().getChaincodesList().stream()
        .map(AnswerComparison::inOneOrder)
        .sorted(Comparator.comparing(c -> text(c.toByteString())))
        .forEach(interest::addChaincodes);
    if (response.hasInterest()) {
      response.setInterest(interest);
    }
    response.setResponse(comparable(proposal, response.getResponse()));
    response.setPayload(comparable(proposal, response.getPayload()));
    return new Answer(response.build(), null);
  }

  private static ByteString comparable(SignedProposal proposal, ByteString payload) {
    try {
      ProposalResponsePayload whole = ProposalResponsePayload.parseFrom(payload);
      ChaincodeAction action = ChaincodeAction.parseFrom(whole.getExtension());
      Response inner = comparable(proposal, action.getResponse());
      if (inner.equals(action.getResponse())) {
        return payload;
      }
      return whole.toBuilder()
          .setExtension(action.toBuilder().setResponse(inner).build().toByteString())
          .build()
          .toByteString();
    } catch (InvalidProtocolBufferException e) {
      return payload;
    }
  }

  private static Response comparable(SignedProposal proposal, Response response) {
    Response.Builder result = response.toBuilder().setMessage(sameSpaces(response.getMessage()));
    String question = describe(proposal);
    try {
      if (question.contains("calls cscc: GetChannelConfig")) {
        result.setPayload(inOneOrder(Config.parseFrom(response.getPayload())));
      } else if (question.contains("calls _lifecycle: QueryInstalledChaincodes")) {
        result.setPayload(
            inOneOrder(QueryInstalledChaincodesResult.parseFrom(response.getPayload())));
      } else if (question.contains("calls _lifecycle: QueryChaincodeDefinition ")) {
        result.setPayload(
            inOneOrder(QueryChaincodeDefinitionResult.parseFrom(response.getPayload())));
      } else if (question.contains("calls _lifecycle: QueryChaincodeDefinitions ")) {
        result.setPayload(
            inOneOrder(QueryChaincodeDefinitionsResult.parseFrom(response.getPayload())));
      } else if (question.contains("calls _lifecycle: CheckCommitReadiness")) {
        result.setPayload(inOneOrder(CheckCommitReadinessResult.parseFrom(response.getPayload())));
      }
    } catch (InvalidProtocolBufferException e) {
      return response;
    }
    return result.build();
  }

  /** Go's protobuf library prints a space of one or another kind, depending on the build. */
  private static String sameSpaces(String text) {
    return text.replace('\u00a0', ' ');
  }

  private static ChaincodeCall inOneOrder(ChaincodeCall call) {
    ChaincodeCall.Builder sorted = call.toBuilder().clearKeyPolicies().clearCollectionNames();
    call.getKeyPoliciesList().stream()
        .sorted(Comparator.comparing(p -> text(p.toByteString())))
        .forEach(sorted::addKeyPolicies);
    call.getCollectionNamesList().stream().sorted().forEach(sorted::addCollectionNames);
    return sorted.build();
  }

  private static ByteString inOneOrder(QueryChaincodeDefinitionsResult defined) {
    QueryChaincodeDefinitionsResult.Builder sorted = QueryChaincodeDefinitionsResult.newBuilder();
    defined.getChaincodeDefinitionsList().stream()
        .sorted(Comparator.comparing(c -> c.getName()))
        .forEach(sorted::addChaincodeDefinitions);
    return sorted.build().toByteString();
  }

  private static ByteString inOneOrder(QueryInstalledChaincodesResult installed) {
    QueryInstalledChaincodesResult.Builder sorted = QueryInstalledChaincodesResult.newBuilder();
    installed.getInstalledChaincodesList().stream()
        .sorted(Comparator.comparing(c -> c.getPackageId()))
        .forEach(sorted::addInstalledChaincodes);
    return sorted.build().toByteString();
  }

  /** Stock writes the entries of maps in random order. */
  private static ByteString inOneOrder(Message message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteString.copyFrom(bytes);
  }

  static String describe(Answer answer) {
    if (answer.failure() != null) {
      return "failure " + answer.failure();
    }
    return "%d '%s' payload %s, endorsed %s, interest {%s}, %s"
        .formatted(
            answer.response().getResponse().getStatus(),
            answer.response().getResponse().getMessage(),
            text(answer.response().getResponse().getPayload()),
            answer.endorsed(),
            answer.response().getInterest().toString().replace('\n', ' '),
            action(answer.response().getPayload()));
  }

  private static String action(ByteString payload) {
    try {
      ProposalResponsePayload response = ProposalResponsePayload.parseFrom(payload);
      ChaincodeAction action = ChaincodeAction.parseFrom(response.getExtension());
      return "results %s, events %s, id {%s}, response %d '%s' %s, hash %s"
          .formatted(
              text(action.getResults()),
              text(action.getEvents()),
              action.getChaincodeId().toString().replace('\n', ' '),
              action.getResponse().getStatus(),
              action.getResponse().getMessage(),
              text(action.getResponse().getPayload()),
              text(response.getProposalHash()));
    } catch (InvalidProtocolBufferException e) {
      return "unreadable " + text(payload);
    }
  }

  /** Bytes with what is text in them left readable. */
  static String text(ByteString bytes) {
    StringBuilder out = new StringBuilder();
    for (byte b : bytes) {
      if (b >= ' ' && b <= '~') {
        out.append((char) b);
      } else {
        out.append("\\x%02x".formatted(b & 0xff));
      }
    }
    return out.toString();
  }

  /** What a proposal asks, as far as it can be read. */
  static String describe(SignedProposal signed) {
    try {
      Proposal proposal = Proposal.parseFrom(signed.getProposalBytes());
      ChannelHeader header =
          ChannelHeader.parseFrom(Header.parseFrom(proposal.getHeader()).getChannelHeader());
      ChaincodeInvocationSpec spec =
          ChaincodeInvocationSpec.parseFrom(
              ChaincodeProposalPayload.parseFrom(proposal.getPayload()).getInput());
      StringBuilder args = new StringBuilder();
      for (ByteString arg : spec.getChaincodeSpec().getInput().getArgsList()) {
        args.append(' ').append(text(arg.substring(0, Math.min(arg.size(), 100))));
      }
      return "%s on '%s' calls %s:%s"
          .formatted(
              header.getTxId(),
              header.getChannelId(),
              spec.getChaincodeSpec().getChaincodeId().getName(),
              args);
    } catch (InvalidProtocolBufferException e) {
      return "unreadable " + text(signed.getProposalBytes());
    }
  }
}
