package org.blockraft.testnet;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.Signer;
import org.hyperledger.fabric.client.Gateway;
import org.hyperledger.fabric.client.Hash;
import org.hyperledger.fabric.client.identity.Identity;
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
import org.hyperledger.fabric.protos.peer.EndorserGrpc;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/** A connection to one peer as one user of its organization. */
final class PeerClient implements AutoCloseable {
  private static final Duration CALL_TIMEOUT = Duration.ofMinutes(1);
  private static final int MESSAGE_BYTES_MAX = 100 * 1024 * 1024;
  private static final int NONCE_BYTES = 24;
  private static final int STATUS_BAD = 400;

  private final Signer signer;
  private final ManagedChannel channel;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  PeerClient(
      NetworkFolder folder,
      NetworkFolder.Org org,
      PeerPlace place,
      String user,
      InstantSource clock) {
    this.clock = clock;
    this.signer = LocalMsp.load(folder.user(org, user).resolve("msp"), org.mspId(), clock).signer();
    Path root = folder.peerNode(org).resolve("tls/ca.crt");
    try {
      this.channel =
          NettyChannelBuilder.forTarget(place.address())
              .overrideAuthority(org.peerHost())
              .sslContext(GrpcSslContexts.forClient().trustManager(root.toFile()).build())
              .maxInboundMessageSize(MESSAGE_BYTES_MAX)
              .build();
    } catch (IOException e) {
      throw new NetworkException("cannot read " + root + ": " + e.getMessage());
    }
  }

  /** A gateway for the same user over the same connection; closing it leaves the connection. */
  Gateway gateway() {
    return gateway(CALL_TIMEOUT, CALL_TIMEOUT);
  }

  /**
   * The same for a less patient client.
   *
   * @param answers how long to wait for an answer at most
   * @param commits how long to wait for a commit at most
   */
  Gateway gateway(Duration answers, Duration commits) {
    Identity identity =
        new Identity() {
          @Override
          public String getMspId() {
            return signer.mspId();
          }

          @Override
          public byte[] getCredentials() {
            return credentials();
          }
        };
    return Gateway.newInstance()
        .identity(identity)
        .signer(signer::sign)
        .hash(Hash.NONE)
        .connection(channel)
        .evaluateOptions(options -> withDeadline(options, answers))
        .endorseOptions(options -> withDeadline(options, answers))
        .submitOptions(options -> withDeadline(options, answers))
        .commitStatusOptions(options -> withDeadline(options, commits))
        .connect();
  }

  private static CallOptions withDeadline(CallOptions options, Duration most) {
    return options.withDeadlineAfter(most.toSeconds(), TimeUnit.SECONDS);
  }

  private byte[] credentials() {
    try {
      return org.hyperledger.fabric.protos.msp.SerializedIdentity.parseFrom(signer.serialized())
          .getIdBytes()
          .toByteArray();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Calls a system chaincode outside of any channel; throws unless it answers with success. */
  Response callSystem(String chaincode, String function, Message argument) {
    return callSystem("", chaincode, function, argument.toByteString());
  }

  /** Calls a system chaincode. */
  Response callSystem(String channelId, String chaincode, String function, ByteString argument) {
    SignedProposal proposal = proposal(channelId, chaincode, function, argument);
    ProposalResponse response =
        EndorserGrpc.newBlockingStub(channel)
            .withDeadlineAfter(CALL_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
            .processProposal(proposal);
    if (response.getResponse().getStatus() >= STATUS_BAD) {
      throw new NetworkException(
          "%s.%s: %d %s"
              .formatted(
                  chaincode,
                  function,
                  response.getResponse().getStatus(),
                  response.getResponse().getMessage()));
    }
    return response.getResponse();
  }

  private SignedProposal proposal(
      String channelId, String chaincode, String function, ByteString argument) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    ByteString nonceBytes = ByteString.copyFrom(nonce);
    ChaincodeID id = ChaincodeID.newBuilder().setName(chaincode).build();
    ChannelHeader channelHeader =
        ChannelHeader.newBuilder()
            .setType(HeaderType.ENDORSER_TRANSACTION_VALUE)
            .setTimestamp(Protos.timestamp(clock.instant()))
            .setChannelId(channelId)
            .setTxId(Protos.transactionId(nonceBytes, signer.serialized()))
            .setExtension(
                ChaincodeHeaderExtension.newBuilder().setChaincodeId(id).build().toByteString())
            .build();
    SignatureHeader signatureHeader =
        SignatureHeader.newBuilder().setNonce(nonceBytes).setCreator(signer.serialized()).build();
    ChaincodeInvocationSpec spec =
        ChaincodeInvocationSpec.newBuilder()
            .setChaincodeSpec(
                ChaincodeSpec.newBuilder()
                    .setType(ChaincodeSpec.Type.GOLANG)
                    .setChaincodeId(id)
                    .setInput(
                        ChaincodeInput.newBuilder()
                            .addArgs(ByteString.copyFromUtf8(function))
                            .addArgs(argument)))
            .build();
    ByteString bytes =
        Proposal.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(channelHeader.toByteString())
                    .setSignatureHeader(signatureHeader.toByteString())
                    .build()
                    .toByteString())
            .setPayload(
                ChaincodeProposalPayload.newBuilder()
                    .setInput(spec.toByteString())
                    .build()
                    .toByteString())
            .build()
            .toByteString();
    return SignedProposal.newBuilder()
        .setProposalBytes(bytes)
        .setSignature(signer.sign(bytes))
        .build();
  }

  /** Closes the connection when all calls have ended. */
  void closeWhenIdle() {
    channel.shutdown();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
