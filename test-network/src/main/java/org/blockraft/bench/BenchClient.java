package org.blockraft.bench;

import com.google.protobuf.Message;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.blockraft.differential.Connections;
import org.blockraft.differential.Draft;
import org.blockraft.differential.OrdererConnection;
import org.blockraft.differential.Party;
import org.blockraft.differential.PeerConnection;
import org.blockraft.differential.ProposalBuilder;
import org.blockraft.differential.TransactionBuilder;
import org.blockraft.testnet.NetworkException;
import org.blockraft.testnet.PackageFile;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Status;
import org.hyperledger.fabric.protos.peer.EndorserGrpc;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeSource;
import org.hyperledger.fabric.protos.peer.lifecycle.CommitChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.InstallChaincodeArgs;

/** A client of the peer that is measured: administration, and proposals in bulk. */
final class BenchClient implements AutoCloseable {
  /** Proposals in flight, and the connections that they share. */
  static final int IN_FLIGHT = 32;

  static final int CONNECTIONS = 4;
  private static final String LIFECYCLE = "_lifecycle";
  private static final String VERSION = "1.0";
  private static final int STATUS_BAD = 400;
  private static final Duration CALL_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration CATCH_UP_TIMEOUT = Duration.ofMinutes(30);

  /** Rare enough that the answers cost the peer less than a microsecond for each transaction. */
  private static final Duration POLL = Duration.ofMillis(500);

  private final BenchNetwork network;
  private final PeerConnection peer;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final Party admin;
  private final Party user;
  private final String chaincode;

  BenchClient(BenchNetwork network, String chaincode) {
    this(network, chaincode, network.place("").address());
  }

  /**
   * @param address of the peer, or of one node of it
   */
  BenchClient(BenchNetwork network, String chaincode, String address) {
    this.network = network;
    this.chaincode = chaincode;
    this.admin = network.user("Admin");
    this.user = network.user("User1");
    this.peer = new PeerConnection(address, BenchNetwork.peerHost(), network.peerTlsRoot());
    for (int i = 0; i < CONNECTIONS; i++) {
      channels.add(Connections.open(address, BenchNetwork.peerHost(), network.peerTlsRoot()));
    }
  }

  void join() {
    checked(new ProposalBuilder(admin, "", "cscc").args("JoinChain").arg(network.joinArgument()));
  }

  long height() {
    return peer.height(admin, BenchNetwork.CHANNEL);
  }

  void awaitHeight(long height) {
    long deadline = System.nanoTime() + CATCH_UP_TIMEOUT.toNanos();
    while (height() < height) {
      if (System.nanoTime() > deadline) {
        throw new NetworkException("the peer does not reach height " + height);
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  void install(PackageFile file) {
    checked(
        lifecycle(
            "",
            "InstallChaincode",
            InstallChaincodeArgs.newBuilder().setChaincodeInstallPackage(file.content()).build()));
  }

  /** Approves and commits the definition, each in a block of its own. */
  void define(PackageFile file, OrdererConnection orderer) {
    ChaincodeSource source =
        ChaincodeSource.newBuilder()
            .setLocalPackage(ChaincodeSource.Local.newBuilder().setPackageId(file.id()))
            .build();
    submit(
        orderer,
        lifecycle(
            BenchNetwork.CHANNEL,
            "ApproveChaincodeDefinitionForMyOrg",
            ApproveChaincodeDefinitionForMyOrgArgs.newBuilder()
                .setName(chaincode)
                .setVersion(VERSION)
                .setSequence(1)
                .setSource(source)
                .build()));
    submit(
        orderer,
        lifecycle(
            BenchNetwork.CHANNEL,
            "CommitChaincodeDefinition",
            CommitChaincodeDefinitionArgs.newBuilder()
                .setName(chaincode)
                .setVersion(VERSION)
                .setSequence(1)
                .build()));
  }

  private ProposalBuilder lifecycle(String channel, String function, Message argument) {
    return new ProposalBuilder(admin, channel, LIFECYCLE).args(function).arg(argument);
  }

  private void submit(OrdererConnection orderer, ProposalBuilder proposal) {
    long height = height();
    Draft draft = proposal.build();
    broadcast(orderer, List.of(envelope(draft, checked(draft))));
    awaitHeight(height + 1);
  }

  private ProposalResponse checked(ProposalBuilder proposal) {
    return checked(proposal.build());
  }

  private ProposalResponse checked(Draft draft) {
    PeerConnection.Answer answer = peer.process(draft.signed());
    if (answer.failure() != null) {
      throw new NetworkException(answer.failure());
    }
    return checked(answer.response());
  }

  static ProposalResponse checked(ProposalResponse response) {
    if (response.getResponse().getStatus() >= STATUS_BAD) {
      throw new NetworkException("the peer answers " + response.getResponse().getMessage());
    }
    return response;
  }

  static void broadcast(OrdererConnection orderer, List<Envelope> envelopes) {
    orderer.broadcast(
        envelopes,
        answer -> {
          if (answer.getStatus() != Status.SUCCESS) {
            throw new NetworkException("the orderer answers " + answer.getInfo());
          }
        });
  }

  static Envelope envelope(Draft draft, ProposalResponse response) {
    return new TransactionBuilder(draft, response.getPayload(), List.of(response.getEndorsement()))
        .build();
  }

  /** Has {@code count} transactions endorsed; returns them ready for the orderer. */
  List<Envelope> transactions(IntFunction<List<String>> arguments, int from, int count) {
    Draft[] drafts = new Draft[count];
    ProposalResponse[] responses = new ProposalResponse[count];
    run(
        count,
        i -> drafts[i] = proposal(arguments.apply(from + i)),
        (i, response) -> responses[i] = response);
    List<Envelope> envelopes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      envelopes.add(envelope(drafts[i], responses[i]));
    }
    return envelopes;
  }

  /** Has {@code count} proposals endorsed, and nothing more. */
  void endorse(IntFunction<List<String>> arguments, int from, int count) {
    run(count, i -> proposal(arguments.apply(from + i)), (i, response) -> {});
  }

  Draft proposal(List<String> arguments) {
    return new ProposalBuilder(user, BenchNetwork.CHANNEL, chaincode)
        .args(arguments.toArray(new String[0]))
        .build();
  }

  /** What is done with the answer to a proposal; called on threads of the connection. */
  private interface Answered {
    void accept(int index, ProposalResponse response);
  }

  private void run(int count, IntFunction<Draft> proposals, Answered answered) {
    Semaphore free = new Semaphore(IN_FLIGHT);
    AtomicReference<Throwable> failed = new AtomicReference<>();
    for (int i = 0; i < count && failed.get() == null; i++) {
      acquire(free, 1);
      int index = i;
      EndorserGrpc.newStub(channels.get(i % CONNECTIONS))
          .withDeadlineAfter(CALL_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
          .processProposal(
              proposals.apply(i).signed(),
              new StreamObserver<>() {
                @Override
                public void onNext(ProposalResponse response) {
                  answered.accept(index, checked(response));
                }

                @Override
                public void onError(Throwable failure) {
                  failed.compareAndSet(null, failure);
                  free.release();
                }

                @Override
                public void onCompleted() {
                  free.release();
                }
              });
    }
    acquire(free, IN_FLIGHT);
    if (failed.get() != null) {
      throw new NetworkException("a proposal failed: " + failed.get());
    }
  }

  private static void acquire(Semaphore free, int count) {
    try {
      if (!free.tryAcquire(count, CALL_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        throw new NetworkException("the peer does not answer");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetworkException("interrupted");
    }
  }

  @Override
  public void close() {
    peer.close();
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
