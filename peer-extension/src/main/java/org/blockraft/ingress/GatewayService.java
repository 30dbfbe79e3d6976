package org.blockraft.ingress;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.blockraft.dispatch.AnnouncedHeights;
import org.hyperledger.fabric.protos.gateway.ChaincodeEventsResponse;
import org.hyperledger.fabric.protos.gateway.CommitStatusResponse;
import org.hyperledger.fabric.protos.gateway.EndorseRequest;
import org.hyperledger.fabric.protos.gateway.EndorseResponse;
import org.hyperledger.fabric.protos.gateway.EvaluateRequest;
import org.hyperledger.fabric.protos.gateway.EvaluateResponse;
import org.hyperledger.fabric.protos.gateway.GatewayGrpc;
import org.hyperledger.fabric.protos.gateway.SignedChaincodeEventsRequest;
import org.hyperledger.fabric.protos.gateway.SignedCommitStatusRequest;
import org.hyperledger.fabric.protos.gateway.SubmitRequest;
import org.hyperledger.fabric.protos.gateway.SubmitResponse;

/**
 * The gateway that clients use to evaluate and submit transactions and to hear of their outcome.
 * Every request runs on a virtual thread and may block it.
 *
 * <p>Fabric source: internal/pkg/gateway.
 */
public final class GatewayService extends GatewayGrpc.GatewayImplBase implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final GatewayEvaluate evaluate;
  private final GatewayEndorse endorse;
  private final GatewaySubmit submit;
  private final GatewayStatus status;
  private final GatewayEvents events;

  /**
   * @param access {@code AclChecker::check}
   * @param broadcast {@code OrdererBroadcast::submit}
   * @param random orders what stock orders at random
   */
  public GatewayService(
      GatewaySettings settings,
      ServedChannels channels,
      Members members,
      ChaincodeDirectory chaincodes,
      AccessCheck access,
      OrdererClient broadcast,
      AnnouncedHeights announced,
      Random random) {
    EndorserSelection selection = new EndorserSelection(members, channels, chaincodes, random);
    Endorsers endorsers = new Endorsers(members, selection, random);
    this.evaluate = new GatewayEvaluate(settings, channels, endorsers, threads);
    this.endorse = new GatewayEndorse(settings, endorsers, threads);
    this.submit = new GatewaySubmit(settings, channels, broadcast, random, threads);
    this.status = new GatewayStatus(settings, channels, access, announced);
    this.events = new GatewayEvents(channels, access, announced);
  }

  @Override
  public void evaluate(EvaluateRequest request, StreamObserver<EvaluateResponse> responses) {
    UnaryCalls.answer(responses, () -> evaluate.evaluate(request));
  }

  @Override
  public void endorse(EndorseRequest request, StreamObserver<EndorseResponse> responses) {
    UnaryCalls.answer(responses, () -> endorse.endorse(request));
  }

  @Override
  public void submit(SubmitRequest request, StreamObserver<SubmitResponse> responses) {
    UnaryCalls.answer(responses, () -> submit.submit(request));
  }

  @Override
  public void commitStatus(
      SignedCommitStatusRequest request, StreamObserver<CommitStatusResponse> responses) {
    UnaryCalls.answer(responses, () -> status.status(request));
  }

  @Override
  public void chaincodeEvents(
      SignedChaincodeEventsRequest request, StreamObserver<ChaincodeEventsResponse> responses) {
    var stream =
        new ResponseStream<>((ServerCallStreamObserver<ChaincodeEventsResponse>) responses);
    threads.execute(Context.current().wrap(() -> events.stream(request, stream)));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
