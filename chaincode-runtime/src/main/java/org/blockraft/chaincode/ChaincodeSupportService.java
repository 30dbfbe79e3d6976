package org.blockraft.chaincode;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.security.cert.Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.hyperledger.fabric.protos.peer.ChaincodeMessage;
import org.hyperledger.fabric.protos.peer.ChaincodeSupportGrpc;

/**
 * The gRPC service that chaincode dials: one stream for each chaincode. Nothing in it blocks, so a
 * direct executor is enough. Mount {@link #definition()}. Fabric: Register of
 * core/chaincode/chaincode_support.go, and core/chaincode/accesscontrol.
 */
public final class ChaincodeSupportService {
  private static final io.grpc.Context.Key<SSLSession> TLS =
      io.grpc.Context.key("chaincode-tls-session");

  private final StreamFactory streams;
  private final ChaincodeCertificates certificates;

  ChaincodeSupportService(StreamFactory streams, ChaincodeCertificates certificates) {
    this.streams = streams;
    this.certificates = certificates;
  }

  /** The service with what it needs to see the chaincode's certificate. */
  public ServerServiceDefinition definition() {
    return ServerInterceptors.intercept(
        new Register(),
        new io.grpc.ServerInterceptor() {
          @Override
          public <Q, R> ServerCall.Listener<Q> interceptCall(
              ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
            return io.grpc.Contexts.interceptCall(
                io.grpc.Context.current().withValue(TLS, session), call, headers, next);
          }
        });
  }

  /** The generated service's one method. */
  private final class Register extends ChaincodeSupportGrpc.ChaincodeSupportImplBase {
    @Override
    public StreamObserver<ChaincodeMessage> register(StreamObserver<ChaincodeMessage> responses) {
      return new Inbound(responses, TLS.get());
    }
  }

  /** What arrives on one stream; used by gRPC, one call at a time. */
  private final class Inbound implements StreamObserver<ChaincodeMessage> {
    private final StreamObserver<ChaincodeMessage> responses;
    private final SSLSession session;
    private final ChaincodeStream stream;
    private boolean authenticated;

    Inbound(StreamObserver<ChaincodeMessage> responses, SSLSession session) {
      this.responses = responses;
      this.session = session;
      this.stream = streams.open(new ServerSide(responses));
      this.authenticated = certificates == null;
    }

    @Override
    public void onNext(ChaincodeMessage message) {
      if (!authenticated) {
        try {
          certificates.authenticate(message, clientCertificate());
        } catch (ChaincodeException e) {
          responses.onError(Status.UNKNOWN.withDescription(e.getMessage()).asRuntimeException());
          stream.ended(e.getMessage());
          return;
        }
        authenticated = true;
      }
      stream.received(message);
    }

    @Override
    public void onError(Throwable failure) {
      stream.ended("receive from chaincode support stream failed: " + failure.getMessage());
    }

    @Override
    public void onCompleted() {
      stream.close("EOF");
    }

    private Certificate clientCertificate() {
      try {
        return session == null ? null : session.getPeerCertificates()[0];
      } catch (SSLPeerUnverifiedException e) {
        return null;
      }
    }
  }

  /** Sends to a chaincode that dialed the peer. */
  private record ServerSide(StreamObserver<ChaincodeMessage> responses) implements Outbound {
    @Override
    public void send(ChaincodeMessage message) {
      responses.onNext(message);
    }

    @Override
    public void end(String reason) {
      responses.onError(Status.UNKNOWN.withDescription(reason).asRuntimeException());
    }
  }
}
