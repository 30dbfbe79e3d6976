package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.blockraft.validate.ReadWriteSet.NamespaceReadWrites;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/**
 * Checks of an endorser transaction between its signatures and its policies, and which namespaces'
 * policies it has to satisfy.
 *
 * <p>Fabric: core/committer/txvalidator/v20/plugindispatcher/dispatcher.go Dispatch.
 *
 * @param code VALID if the policies decide
 * @param namespaces the invoked chaincode and every other namespace written to
 */
record DispatchChecks(TxValidationCode code, List<NamespaceTarget> namespaces) {

  /**
   * A namespace whose policy has to be satisfied.
   *
   * @param readWrites absent if the transaction does not touch the namespace
   */
  record NamespaceTarget(String namespace, Optional<NamespaceReadWrites> readWrites) {}

  static DispatchChecks of(ParsedTransaction transaction) {
    return of(transaction, TxValidationCode.INVALID_CHAINCODE);
  }

  /**
   * The same checks in either version of the rules.
   *
   * @param badName the code of a transaction whose chaincode has no good name or version
   */
  static DispatchChecks of(ParsedTransaction transaction, TxValidationCode badName) {
    ChaincodeAction.ChaincodeName invoked;
    try {
      invoked = ChaincodeAction.ofHeaderExtension(transaction.header().extension());
    } catch (MalformedMessageException e) {
      return failed(TxValidationCode.BAD_HEADER_EXTENSION);
    }
    Optional<ChaincodeAction> action = transaction.chaincodeAction();
    if (action.isEmpty()) {
      return failed(TxValidationCode.BAD_RESPONSE_PAYLOAD);
    }
    Optional<ReadWriteSet> readWriteSet = action.get().readWriteSet();
    if (readWriteSet.isEmpty()) {
      return failed(TxValidationCode.BAD_RWSET);
    }
    if (invoked == null || action.get().chaincode().isEmpty()) {
      return failed(TxValidationCode.INVALID_OTHER_REASON);
    }
    ChaincodeAction.ChaincodeName executed = action.get().chaincode().get();
    if (invoked.name().isEmpty()
        || !invoked.name().equals(executed.name())
        || executed.version().isEmpty()) {
      return failed(badName);
    }
    if (!eventFits(action.get().events(), invoked.name())) {
      return failed(TxValidationCode.INVALID_OTHER_REASON);
    }
    return targets(invoked.name(), readWriteSet.get());
  }

  private static boolean eventFits(ByteString event, String chaincode) {
    try {
      return event.isEmpty() || ChaincodeAction.chaincodeOfEvent(event).equals(chaincode);
    } catch (MalformedMessageException e) {
      return false;
    }
  }

  private static DispatchChecks targets(String invoked, ReadWriteSet readWriteSet) {
    Set<String> names = new HashSet<>();
    List<NamespaceTarget> targets = new ArrayList<>(readWriteSet.namespaces().size() + 1);
    NamespaceReadWrites ofInvoked = null;
    for (NamespaceReadWrites namespace : readWriteSet.namespaces()) {
      if (!names.add(namespace.namespace())) {
        return failed(TxValidationCode.ILLEGAL_WRITESET);
      }
      if (namespace.namespace().equals(invoked)) {
        ofInvoked = namespace;
      } else if (namespace.writes()) {
        targets.add(new NamespaceTarget(namespace.namespace(), Optional.of(namespace)));
      }
    }
    // Stock walks them in random order; the invoked chaincode first is as good as any.
    targets.addFirst(new NamespaceTarget(invoked, Optional.ofNullable(ofInvoked)));
    return new DispatchChecks(TxValidationCode.VALID, targets);
  }

  static DispatchChecks failed(TxValidationCode code) {
    return new DispatchChecks(code, List.of());
  }
}
