package org.blockraft.ingress;

import com.google.protobuf.Any;
import com.google.rpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import org.blockraft.intake.OrdererEndpoint;
import org.hyperledger.fabric.protos.gateway.ErrorDetail;

/**
 * Errors of the gateway, with what each peer or orderer said as details.
 *
 * <p>Fabric source: internal/pkg/gateway/apiutils.go.
 */
final class GatewayErrors {
  private GatewayErrors() {}

  static StatusRuntimeException of(Code code, String message) {
    return of(code, message, List.of());
  }

  static StatusRuntimeException of(Code code, String message, List<ErrorDetail> details) {
    if (details.isEmpty()) {
      // Without details stock sends no status proto either.
      return code.toStatus().withDescription(message).asRuntimeException();
    }
    Status.Builder status = Status.newBuilder().setCode(code.value()).setMessage(message);
    details.forEach(detail -> status.addDetails(Any.pack(detail)));
    return StatusProto.toStatusRuntimeException(status.build());
  }

  static ErrorDetail detail(Member member, String message) {
    return ErrorDetail.newBuilder()
        .setAddress(member.endpoint())
        .setMspId(member.mspId())
        .setMessage(message)
        .build();
  }

  static ErrorDetail detail(OrdererEndpoint orderer, String message) {
    return ErrorDetail.newBuilder()
        .setAddress(orderer.logAddress())
        .setMspId(orderer.mspId())
        .setMessage(message)
        .build();
  }
}
