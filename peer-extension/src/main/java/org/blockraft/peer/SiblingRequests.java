package org.blockraft.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.blockraft.chaincode.PackageStore;
import org.blockraft.cluster.wire.FetchPrivate;
import org.blockraft.cluster.wire.Found;
import org.blockraft.cluster.wire.PrivateData;
import org.blockraft.cluster.wire.PrivateWriteSet;
import org.blockraft.cluster.wire.Refusal;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.cluster.wire.Simulate;
import org.blockraft.cluster.wire.VerifySlice;
import org.blockraft.cluster.wire.Wanted;
import org.blockraft.endorse.ProposalRejected;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.ledger.Ledger;
import org.blockraft.ledger.LedgerException;
import org.blockraft.ledger.TransientEntry;
import org.blockraft.ledger.TxPrivateData;
import org.blockraft.validate.ParsedTransaction;
import org.blockraft.validate.SlicePool;
import org.blockraft.validate.SliceVerdict;
import org.blockraft.validate.ValidationSlice;
import org.blockraft.worker.LinkSlices;
import org.blockraft.worker.LocalWorker;
import org.blockraft.worker.SimulationTask;
import org.blockraft.worker.WorkerLost;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node does for the others when they ask. Each request has a virtual thread; how many
 * there are is bounded by the links.
 */
final class SiblingRequests implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SiblingRequests.class);

  /** Requests overtake blocks on a link. */
  private static final Duration BODY_WAIT = Duration.ofMillis(100);

  private static final long SLICE_TIMEOUT_SECONDS = 5;

  private final LocalWorker worker;
  private final SlicePool slices;
  private final Function<String, Optional<ClusteredChannel>> channels;
  private final Function<String, Optional<Ledger>> ledgers;
  private final PackageStore packages;
  private final OtherPeers others;
  private final Consumer<ByteString> installs;
  private final Consumer<Block> joins;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger underWay = new AtomicInteger();

  /**
   * @param installs installs a package that another node got first
   * @param joins joins a channel that another node joined first
   */
  SiblingRequests(
      LocalWorker worker,
      SlicePool slices,
      Function<String, Optional<ClusteredChannel>> channels,
      Function<String, Optional<Ledger>> ledgers,
      PackageStore packages,
      OtherPeers others,
      Consumer<ByteString> installs,
      Consumer<Block> joins) {
    this.worker = worker;
    this.slices = slices;
    this.channels = channels;
    this.ledgers = ledgers;
    this.packages = packages;
    this.others = others;
    this.installs = installs;
    this.joins = joins;
  }

  /** A request that cannot be served, and why. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Refusal.Code code;

    Refused(Refusal.Code code, String message) {
      super(message, null, false, false);
      this.code = code;
    }
  }

  CompletableFuture<Reply> serve(Request request) {
    underWay.incrementAndGet();
    CompletableFuture<Reply> answer =
        request.hasSimulate()
            ? simulate(request.getSimulate())
            : CompletableFuture.supplyAsync(() -> answer(request), threads);
    CompletableFuture<Reply> reply =
        answer.whenComplete((made, failure) -> underWay.decrementAndGet());
    // A copy: who cancels the stage that counts would keep it from counting.
    return reply.copy();
  }

  /** Requests that are not answered yet. */
  int underWay() {
    return underWay.get();
  }

  private Reply answer(Request request) {
    try {
      return Reply.newBuilder().setPayload(payload(request)).build();
    } catch (Refused e) {
      return refusal(e.code, e.getMessage());
    } catch (ProposalRejected e) {
      return refusal(Refusal.Code.REJECTED, e.getMessage());
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      LOG.warn("A request of another node failed", e);
      return refusal(Refusal.Code.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private static Reply refusal(Refusal.Code code, String text) {
    return Reply.newBuilder()
        .setRefusal(Refusal.newBuilder().setCode(code).setText(text == null ? "" : text))
        .build();
  }

  private ByteString payload(Request request) throws InvalidProtocolBufferException {
    return switch (request.getKindCase()) {
      case VERIFY_SLICE -> LinkSlices.encode(verify(request.getVerifySlice()));
      case PRIVATE_WRITE_SET -> store(request.getPrivateWriteSet());
      case FETCH_PRIVATE -> fetch(request.getFetchPrivate()).toByteString();
      case STORE_PACKAGE -> {
        installs.accept(request.getStorePackage().getPackage());
        yield ByteString.EMPTY;
      }
      case FETCH_PACKAGE ->
          packages
              .load(request.getFetchPackage().getPackageId())
              .orElseThrow(() -> new Refused(Refusal.Code.BEHIND, "no such package"));
      case STORE_CHANNEL -> {
        joins.accept(Block.parseFrom(request.getStoreChannel().getGenesis()));
        yield ByteString.EMPTY;
      }
      case FETCH_MEMBERS -> others.serve(request.getFetchMembers());
      case RELAY_PRIVATE -> {
        if (!others.serve(request.getRelayPrivate())) {
          throw new Refused(Refusal.Code.FAILED, "the other peer did not store it");
        }
        yield ByteString.EMPTY;
      }
      case FETCH_GENESIS ->
          UnsafeByteOperations.unsafeWrap(
              ledger(request.getFetchGenesis().getChannel()).durableBytes(0));
      default -> throw new Refused(Refusal.Code.UNKNOWN_KIND, request.getKindCase().name());
    };
  }

  private Ledger ledger(String channelId) {
    return ledgers
        .apply(channelId)
        .orElseThrow(() -> new Refused(Refusal.Code.BEHIND, "channel not joined: " + channelId));
  }

  private CompletableFuture<Reply> simulate(Simulate simulate) {
    try {
      return worker
          .submitForOther(
              new SimulationTask(
                  SignedProposal.parseFrom(simulate.getSignedProposal()),
                  simulate.getChannel(),
                  simulate.getFiltered(),
                  simulate.getMinimumHeight()))
          .handle(this::simulated);
    } catch (WorkerLost e) {
      return CompletableFuture.completedFuture(refusal(Refusal.Code.BEHIND, e.getMessage()));
    } catch (InvalidProtocolBufferException e) {
      return CompletableFuture.completedFuture(refusal(Refusal.Code.FAILED, e.getMessage()));
    }
  }

  private Reply simulated(ProposalResponse response, Throwable failure) {
    if (failure == null) {
      return Reply.newBuilder()
          .setPayload(response.toByteString())
          .setOutstanding(worker.outstanding())
          .build();
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return switch (cause) {
      case ProposalRejected rejected -> refusal(Refusal.Code.REJECTED, rejected.getMessage());
      default -> {
        LOG.warn("A proposal of another node failed", cause);
        yield refusal(Refusal.Code.FAILED, String.valueOf(cause.getMessage()));
      }
    };
  }

  private SliceVerdict verify(VerifySlice wanted) {
    ClusteredChannel channel =
        channels
            .apply(wanted.getChannel())
            .orElseThrow(() -> new Refused(Refusal.Code.BEHIND, "channel not joined"));
    try {
      List<ParsedTransaction> transactions =
          channel
              .prepared()
              .await(wanted.getBlock(), BODY_WAIT)
              .orElseThrow(() -> new Refused(Refusal.Code.BEHIND, "block is not here"));
      ChannelConfig config = channel.channel().config();
      int end = wanted.getFirst() + wanted.getCount();
      if (config.sequence() != wanted.getConfigSequence()
          || wanted.getCount() < 0
          || wanted.getFirst() < 0
          || end > transactions.size()) {
        throw new Refused(Refusal.Code.BEHIND, "another configuration or block");
      }
      ValidationSlice slice =
          new ValidationSlice(
              wanted.getChannel(),
              wanted.getBlock(),
              wanted.getFirst(),
              transactions.subList(wanted.getFirst(), end));
      return slices.verify(slice, config).get(SLICE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refused(Refusal.Code.FAILED, "interrupted");
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("a slice could not be verified", e);
    }
  }

  private ByteString store(PrivateWriteSet set) throws InvalidProtocolBufferException {
    ledger(set.getChannel())
        .transientStore()
        .persist(
            set.getTxId(),
            set.getHeight(),
            TxPvtReadWriteSetWithConfigInfo.parseFrom(set.getWriteSet()));
    return ByteString.EMPTY;
  }

  private PrivateData fetch(FetchPrivate fetch) {
    Ledger ledger = ledger(fetch.getChannel());
    Map<Integer, TxPvtReadWriteSet> committed = new TreeMap<>();
    if (fetch.getBlock() < ledger.durable().height()) {
      for (TxPrivateData set :
          ledger.privateData().ofBlock(fetch.getBlock(), (namespace, collection) -> true)) {
        committed.put(set.tx(), set.writeSet());
      }
    }
    PrivateData.Builder found = PrivateData.newBuilder();
    for (Wanted wanted : fetch.getWantedList()) {
      TxPvtReadWriteSet stored = committed.get(wanted.getTx());
      if (stored != null) {
        add(wanted, stored, found);
      }
      for (TransientEntry entry : transientEntries(ledger, wanted)) {
        add(wanted, entry.privateData().getPvtRwset(), found);
      }
    }
    return found.build();
  }

  private static Iterable<TransientEntry> transientEntries(Ledger ledger, Wanted wanted) {
    try {
      return ledger.transientStore().byTxId(wanted.getTxId());
    } catch (LedgerException e) {
      throw new Refused(Refusal.Code.FAILED, e.getMessage());
    }
  }

  private static void add(Wanted wanted, TxPvtReadWriteSet set, PrivateData.Builder found) {
    for (NsPvtReadWriteSet namespace : set.getNsPvtRwsetList()) {
      for (CollectionPvtReadWriteSet collection : namespace.getCollectionPvtRwsetList()) {
        if (namespace.getNamespace().equals(wanted.getNamespace())
            && collection.getCollectionName().equals(wanted.getCollection())) {
          found.addFound(
              Found.newBuilder()
                  .setTx(wanted.getTx())
                  .setNamespace(wanted.getNamespace())
                  .setCollection(wanted.getCollection())
                  .setRwset(collection.getRwset()));
        }
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
