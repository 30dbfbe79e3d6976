package org.blockraft.replication;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.concurrent.CompletableFuture;
import org.blockraft.cluster.wire.FetchPrivate;
import org.blockraft.cluster.wire.Found;
import org.blockraft.cluster.wire.PrivateData;
import org.blockraft.cluster.wire.PrivateWriteSet;
import org.blockraft.cluster.wire.Refusal;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.cluster.wire.Simulate;
import org.blockraft.cluster.wire.Wanted;
import org.blockraft.endorse.ProposalRejected;
import org.blockraft.worker.SimulationTask;
import org.blockraft.worker.WorkerLost;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/** What one process does for others when they ask; the real one needs ledgers. */
final class SimulatedService {
  private final SimulatedProcess process;

  SimulatedService(SimulatedProcess process) {
    this.process = process;
  }

  private static final class Behind extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Answers in a thread of its own, which may wait. */
  CompletableFuture<Reply> serve(Request request) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    process.threads().start("serve", () -> reply.complete(answer(request)));
    return reply;
  }

  private Reply answer(Request request) {
    try {
      return Reply.newBuilder().setPayload(payload(request)).build();
    } catch (Behind | WorkerLost e) {
      return refusal(Refusal.Code.BEHIND, String.valueOf(e.getMessage()));
    } catch (ProposalRejected e) {
      return refusal(Refusal.Code.REJECTED, e.getMessage());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Reply refusal(Refusal.Code code, String text) {
    return Reply.newBuilder().setRefusal(Refusal.newBuilder().setCode(code).setText(text)).build();
  }

  private ByteString payload(Request request) throws InvalidProtocolBufferException {
    return switch (request.getKindCase()) {
      case SIMULATE -> simulate(request.getSimulate());
      case PRIVATE_WRITE_SET -> store(request.getPrivateWriteSet());
      case FETCH_PRIVATE -> fetch(request.getFetchPrivate()).toByteString();
      case STORE_PACKAGE -> {
        process.holdings().install(request.getStorePackage().getPackage());
        yield ByteString.EMPTY;
      }
      case FETCH_PACKAGE -> {
        ByteString file = ByteString.copyFromUtf8(request.getFetchPackage().getPackageId());
        if (!process.node().packages().contains(file.toStringUtf8())) {
          throw new Behind();
        }
        yield file;
      }
      case STORE_CHANNEL -> {
        process.holdings().join(Block.parseFrom(request.getStoreChannel().getGenesis()));
        yield ByteString.EMPTY;
      }
      case FETCH_GENESIS -> {
        String channelId = request.getFetchGenesis().getChannel();
        disk(channelId);
        yield SimulatedHoldings.genesis(channelId).toByteString();
      }
      default -> throw new AssertionError(request);
    };
  }

  private SimulatedDisk disk(String channelId) {
    if (process.channel(channelId).isEmpty()) {
      throw new Behind();
    }
    return process.node().disk(channelId);
  }

  private ByteString simulate(Simulate simulate) throws InvalidProtocolBufferException {
    SimulationTask task =
        new SimulationTask(
            SignedProposal.parseFrom(simulate.getSignedProposal()),
            simulate.getChannel(),
            simulate.getFiltered(),
            simulate.getMinimumHeight());
    return process.proposals().worker().simulateForOther(task).toByteString();
  }

  private ByteString store(PrivateWriteSet set) {
    process.threads().pause(process.node().diskDelay());
    disk(set.getChannel()).keep(set.getTxId());
    return ByteString.EMPTY;
  }

  private PrivateData fetch(FetchPrivate fetch) {
    SimulatedDisk disk = disk(fetch.getChannel());
    PrivateData.Builder found = PrivateData.newBuilder();
    for (Wanted wanted : fetch.getWantedList()) {
      if (disk.finds(wanted.getTxId())) {
        found.addFound(
            Found.newBuilder()
                .setTx(wanted.getTx())
                .setNamespace(wanted.getNamespace())
                .setCollection(wanted.getCollection())
                .setRwset(ToyTransaction.secret(wanted.getTxId())));
      }
    }
    return found.build();
  }
}
