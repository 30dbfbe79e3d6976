package org.blockraft.validate;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.blockraft.identity.Identity;
import org.blockraft.state.StateView;
import org.blockraft.validate.DispatchChecks.NamespaceTarget;
import org.blockraft.validate.KeyReadWrites.KeyWrite;
import org.blockraft.validate.ReadWriteSet.NamespaceReadWrites;
import org.hyperledger.fabric.protos.peer.ChaincodeDeploymentSpec;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.ChaincodeInvocationSpec;
import org.hyperledger.fabric.protos.peer.ChaincodeProposalPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeSpec;

/**
 * What a transaction of the lifecycle before Fabric 2.0 has to keep to: it deploys or upgrades one
 * chaincode, writes nothing else, and its creator satisfies the instantiation policy. One instance
 * per transaction.
 *
 * <p>Fabric: core/handlers/validation/builtin/v13/lscc_validation_logic.go.
 */
final class LsccInvocation {

  private static final String DEPLOY = "deploy";
  private static final String UPGRADE = "upgrade";

  /** Channel and deployment, then policy, two plugin names and collections. */
  private static final int ARGUMENTS_MIN = 2;

  private static final int ARGUMENTS_MAX = 6;
  private static final int COLLECTIONS_ARGUMENT = 5;

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9]+([-_][a-zA-Z0-9]+)*");
  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9_.+-]+");
  private static final Set<String> RESERVED = Set.of("cscc", "escc", "lscc", "qscc", "vscc");
  private static final Set<ChaincodeSpec.Type> TYPES =
      Set.of(
          ChaincodeSpec.Type.GOLANG,
          ChaincodeSpec.Type.NODE,
          ChaincodeSpec.Type.JAVA,
          ChaincodeSpec.Type.CAR);

  private final ParsedTransaction transaction;
  private final NamespaceTarget target;
  private final ApplicationPolicies policies;
  private final StateView committed;

  /** Why a transaction is not valid. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String reason) {
      super(reason, null, false, false);
    }
  }

  LsccInvocation(
      ParsedTransaction transaction,
      NamespaceTarget target,
      ApplicationPolicies policies,
      StateView committed) {
    this.transaction = transaction;
    this.target = target;
    this.policies = policies;
    this.committed = committed;
  }

  /**
   * Why the transaction is not valid; absent if it is.
   *
   * @throws ValidationException if what is committed cannot be read, which stops the channel
   */
  Optional<String> failure() {
    try {
      check();
      return Optional.empty();
    } catch (Refused e) {
      return Optional.of(e.getMessage());
    }
  }

  /** The chaincode that a transaction upgrades; only for that of Go the peers of old looked. */
  static Optional<String> upgradedChaincode(ParsedTransaction transaction) {
    boolean called =
        transaction.type() == ParsedTransaction.ENDORSER_TRANSACTION
            && transaction
                .chaincodeAction()
                .flatMap(ChaincodeAction::chaincode)
                .map(name -> name.name().equals(LegacyChaincode.NAMESPACE))
                .orElse(false);
    if (!called) {
      return Optional.empty();
    }
    try {
      List<ByteString> arguments = arguments(transaction);
      if (arguments.size() < 3 || !text(arguments.get(0)).equals(UPGRADE)) {
        return Optional.empty();
      }
      ChaincodeSpec spec = ChaincodeDeploymentSpec.parseFrom(arguments.get(2)).getChaincodeSpec();
      return spec.getType() == ChaincodeSpec.Type.GOLANG
          ? Optional.of(spec.getChaincodeId().getName())
          : Optional.empty();
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  private void check() {
    List<ByteString> call;
    try {
      call = arguments(transaction);
    } catch (InvalidProtocolBufferException e) {
      throw new Refused("malformed chaincode invocation spec");
    }
    require(!call.isEmpty(), "malformed chaincode invocation spec");
    String function = text(call.getFirst());
    List<ByteString> arguments = call.subList(1, call.size());
    require(
        function.equals(DEPLOY) || function.equals(UPGRADE),
        "VSCC error: committing an invocation of function %s of lscc is invalid"
            .formatted(function));
    require(
        arguments.size() >= ARGUMENTS_MIN && arguments.size() <= ARGUMENTS_MAX,
        "Wrong number of arguments for invocation lscc(%s): received %d"
            .formatted(function, arguments.size()));
    ChaincodeID deployed = deployed(arguments.get(1), function);
    Optional<LegacyChaincode> existing = existing(deployed.getName());
    LegacyChaincode written = written(deployed);
    checkLegality(function, deployed, existing, written);
    checkCollections(function, written, arguments);
    if (function.equals(DEPLOY)) {
      instantiationPolicy(written);
    } else {
      instantiationPolicy(existing.orElseThrow());
      if (!written.instantiationPolicy().equals(existing.get().instantiationPolicy())) {
        instantiationPolicy(written);
      }
    }
  }

  private static List<ByteString> arguments(ParsedTransaction transaction)
      throws InvalidProtocolBufferException {
    ChaincodeProposalPayload payload =
        ChaincodeProposalPayload.parseFrom(
            transaction.endorserTransaction().orElseThrow().proposalPayload());
    return ChaincodeInvocationSpec.parseFrom(payload.getInput())
        .getChaincodeSpec()
        .getInput()
        .getArgsList();
  }

  private static ChaincodeID deployed(ByteString argument, String function) {
    ChaincodeDeploymentSpec spec;
    try {
      spec = ChaincodeDeploymentSpec.parseFrom(argument);
    } catch (InvalidProtocolBufferException e) {
      throw new Refused("GetChaincodeDeploymentSpec error " + e.getMessage());
    }
    require(
        spec.getChaincodeSpec().hasChaincodeId(),
        "VSCC error: invocation of lscc(%s) does not have appropriate arguments"
            .formatted(function));
    require(
        TYPES.contains(spec.getChaincodeSpec().getType()),
        "unexpected chaincode spec type: " + spec.getChaincodeSpec().getTypeValue());
    ChaincodeID id = spec.getChaincodeSpec().getChaincodeId();
    require(NAME.matcher(id.getName()).matches(), "invalid chaincode name '" + id.getName() + "'");
    require(
        !RESERVED.contains(id.getName()),
        "chaincode name '%s' is reserved for system chaincodes".formatted(id.getName()));
    require(
        VERSION.matcher(id.getVersion()).matches(),
        "invalid chaincode version '" + id.getVersion() + "'");
    return id;
  }

  private Optional<LegacyChaincode> existing(String name) {
    try {
      return LegacyChaincode.find(name, committed);
    } catch (MalformedMessageException e) {
      throw new ValidationException("unmarshalling ChaincodeQueryResponse failed", e);
    }
  }

  private LegacyChaincode written(ChaincodeID deployed) {
    List<KeyWrite> writes = writes();
    require(!writes.isEmpty(), "LSCC must issue at least one single putState upon deploy/upgrade");
    String key = new String(writes.getFirst().key(), StandardCharsets.UTF_8);
    require(
        key.equals(deployed.getName()),
        "expected key %s, found %s".formatted(deployed.getName(), key));
    LegacyChaincode written;
    try {
      written = LegacyChaincode.parse(writes.getFirst().value());
    } catch (MalformedMessageException e) {
      throw new Refused("unmarshalling of ChaincodeData failed, error " + e.getMessage());
    }
    require(
        written.name().equals(deployed.getName()),
        "expected cc name %s, found %s".formatted(deployed.getName(), written.name()));
    require(
        written.version().equals(deployed.getVersion()),
        "expected cc version %s, found %s".formatted(deployed.getVersion(), written.version()));
    for (NamespaceReadWrites other : transaction.readWriteSet().orElseThrow().namespaces()) {
      require(
          other.namespace().equals(LegacyChaincode.NAMESPACE)
              || other.namespace().equals(written.name())
              || other.keys().writes().isEmpty(),
          "LSCC invocation is attempting to write to namespace " + other.namespace());
    }
    return written;
  }

  private List<KeyWrite> writes() {
    return target
        .readWrites()
        .map(namespace -> namespace.keys().writes())
        .orElseThrow(() -> new Refused("No read write set for lscc was found"));
  }

  private static void checkLegality(
      String function,
      ChaincodeID deployed,
      Optional<LegacyChaincode> existing,
      LegacyChaincode written) {
    if (function.equals(DEPLOY)) {
      require(existing.isEmpty(), "Chaincode %s is already instantiated".formatted(written.name()));
      return;
    }
    require(existing.isPresent(), "Upgrading non-existent chaincode " + deployed.getName());
    require(
        !existing.get().version().equals(deployed.getVersion()),
        "Existing version of the cc on the ledger (%s) should be different from the upgraded one"
            .formatted(deployed.getVersion()));
  }

  private void checkCollections(
      String function, LegacyChaincode written, List<ByteString> arguments) {
    Optional<ByteString> argument =
        arguments.size() > COLLECTIONS_ARGUMENT
            ? Optional.of(arguments.get(COLLECTIONS_ARGUMENT))
            : Optional.empty();
    LsccCollections collections = new LsccCollections(written.name(), writes(), committed);
    Optional<String> failure = collections.failure(argument, function.equals(DEPLOY));
    if (failure.isPresent()) {
      throw new Refused(failure.get());
    }
  }

  /** The creator's signature is verified already, so that only the policy is left to ask. */
  private void instantiationPolicy(LegacyChaincode chaincode) {
    require(!chaincode.instantiationPolicy().isEmpty(), "no instantiation policy was specified");
    Identity creator = policies.config().msps().deserialize(transaction.creator());
    Optional<String> failure = policies.evaluate(chaincode.instantiationPolicy(), List.of(creator));
    require(
        failure.isEmpty(), "chaincode instantiation policy violated, error " + failure.orElse(""));
  }

  private static String text(ByteString argument) {
    return argument.toStringUtf8();
  }

  private static void require(boolean condition, String reason) {
    if (!condition) {
      throw new Refused(reason);
    }
  }
}
