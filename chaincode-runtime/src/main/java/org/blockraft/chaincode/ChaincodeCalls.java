package org.blockraft.chaincode;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.peer.ChaincodeInput;
import org.hyperledger.fabric.protos.peer.ChaincodeMessage;
import org.hyperledger.fabric.protos.peer.ChaincodeSpec;

/**
 * Chaincode that calls chaincode. On the same channel the callee works in the caller's simulator;
 * on another one it gets a simulator of its own, whose result is thrown away. Without state.
 * Fabric: core/chaincode/handler.go, HandleInvokeChaincode.
 */
final class ChaincodeCalls {

  /** Whoever can invoke a chaincode; the runtime itself. */
  @FunctionalInterface
  interface Invoker {
    /**
     * Invokes and returns the chaincode's last word.
     *
     * @param deadline when to give up, on the clock of {@link System#nanoTime()}
     */
    ChaincodeMessage invoke(TransactionContext tx, ChaincodeInput input, long deadline);
  }

  private final Invoker invoker;

  ChaincodeCalls(Invoker invoker) {
    this.invoker = invoker;
  }

  ByteString call(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    ChaincodeSpec spec = ChaincodeSpec.parseFrom(payload);
    CalleeName callee = CalleeName.parse(spec.getChaincodeId().getName());
    TransactionContext tx = conversation.tx();
    String channel = callee.channel().isEmpty() ? tx.channelId() : callee.channel();
    requireAccess(tx, callee, channel);
    if (channel.equals(tx.channelId())) {
      return invoke(tx.callee(channel, callee.chaincode(), tx.simulator()), spec, conversation);
    }
    try (TransactionSimulator simulator = tx.services().otherChannel(channel, tx.txId())) {
      if (simulator == null) {
        throw new ChaincodeException("failed to find ledger for channel: " + channel);
      }
      return invoke(tx.callee(channel, callee.chaincode(), simulator), spec, conversation);
    }
  }

  private ByteString invoke(
      TransactionContext callee, ChaincodeSpec spec, Conversation conversation) {
    try {
      return invoker.invoke(callee, spec.getInput(), conversation.deadline()).toByteString();
    } catch (RuntimeException e) {
      throw ChaincodeException.wrap("execute failed", e);
    }
  }

  private static void requireAccess(TransactionContext tx, CalleeName callee, String channel) {
    if (tx.services().isSystemChaincode(callee.chaincode())) {
      return;
    }
    if (tx.signedProposal() == null) {
      throw new ChaincodeException(
          "signed proposal must not be nil from caller ["
              + channel
              + "."
              + callee.chaincode()
              + "#"
              + callee.version()
              + "]");
    }
    tx.services().checkChaincodeToChaincode(channel, tx.signedProposal());
  }
}
