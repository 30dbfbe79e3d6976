package org.blockraft.lifecycle;

import static org.blockraft.lifecycle.ChaincodeDefinition.privateName;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.hyperledger.fabric.protos.peer.lifecycle.StateMetadata;

/**
 * The rules by which definitions are approved, committed and read back; every read and write goes
 * to the states handed in, in Fabric's order.
 *
 * <p>Fabric source: core/chaincode/lifecycle/lifecycle.go ExternalFunctions.
 */
final class Definitions {
  private final String channelId;
  private final UnaryOperator<ChaincodeDefinition> defaults;
  private final boolean redefinitionRefused;

  /**
   * @param defaults fills in what a definition leaves empty from the channel's configuration
   * @param redefinitionRefused whether approving the committed sequence again with the same content
   *     is an error, as from Fabric 3.1 on
   */
  Definitions(
      String channelId, UnaryOperator<ChaincodeDefinition> defaults, boolean redefinitionRefused) {
    this.channelId = channelId;
    this.defaults = defaults;
    this.redefinitionRefused = redefinitionRefused;
  }

  /** By organization: the parts of the definition that its approval does not match. */
  record Readiness(SortedMap<String, List<String>> mismatchesByOrg) {
    boolean approvedBy(String mspId) {
      return mismatchesByOrg.getOrDefault(mspId, List.of("")).isEmpty();
    }

    Map<String, Boolean> approvals() {
      Map<String, Boolean> approvals = new LinkedHashMap<>();
      mismatchesByOrg.forEach((org, mismatches) -> approvals.put(org, mismatches.isEmpty()));
      return approvals;
    }
  }

  Readiness checkCommitReadiness(
      String name,
      ChaincodeDefinition requested,
      ReadableState publicState,
      List<? extends OpaqueState> orgStates) {
    return readiness(name, withDefaultsAsNext(name, requested, publicState), orgStates);
  }

  Readiness commit(
      String name,
      ChaincodeDefinition requested,
      WritableState publicState,
      List<? extends OpaqueState> orgStates) {
    ChaincodeDefinition definition = withDefaultsAsNext(name, requested, publicState);
    Readiness readiness = readiness(name, definition, orgStates);
    try {
      StateSerializer.serialize(
          StateSerializer.NAMESPACES, name, definition.asDefinition(), publicState);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(e, "could not serialize chaincode definition");
    }
    return readiness;
  }

  private ChaincodeDefinition withDefaultsAsNext(
      String name, ChaincodeDefinition requested, ReadableState publicState) {
    long current = currentSequence(name, publicState);
    if (requested.sequence() != current + 1) {
      throw new LifecycleException(
          "requested sequence is %d, but new definition must be sequence %d"
              .formatted(requested.sequence(), current + 1));
    }
    return withDefaults(requested);
  }

  Readiness readiness(
      String name, ChaincodeDefinition definition, List<? extends OpaqueState> orgStates) {
    String privateName = privateName(name, definition.sequence());
    SortedMap<String, List<String>> mismatches = new TreeMap<>();
    for (OpaqueState state : orgStates) {
      try {
        mismatches.put(
            ImplicitCollections.owner(state.collection()).orElse(""),
            StateSerializer.mismatches(
                StateSerializer.NAMESPACES, privateName, definition.asParameters(), state));
      } catch (LifecycleException e) {
        throw LifecycleException.wrap(e, "serialization check failed for key " + privateName);
      }
    }
    return new Readiness(mismatches);
  }

  void approve(
      String name,
      ChaincodeDefinition approval,
      String packageId,
      ReadableState publicState,
      WritableState orgState) {
    long requested = approval.sequence();
    long current = currentSequence(name, publicState);
    requireApprovable(requested, current);
    ChaincodeDefinition definition = withDefaults(approval);
    String privateName = privateName(name, requested);
    if (requested == current) {
      requireUnchanged(name, definition, publicState);
      if (redefinitionRefused
          && isSameApproval(privateName, definition, packageId, orgState, false)) {
        throw new LifecycleException(
            "attempted to redefine the current committed sequence (%d) for namespace %s"
                .formatted(current, name));
      }
    }
    if (requested == current + 1
        && isSameApproval(privateName, definition, packageId, orgState, true)) {
      throw new LifecycleException(
          "attempted to redefine uncommitted sequence (%d) for namespace %s with unchanged content"
              .formatted(requested, name));
    }
    try {
      StateSerializer.serialize(
          StateSerializer.NAMESPACES, privateName, definition.asParameters(), orgState);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(e, "could not serialize chaincode parameters to state");
    }
    // An empty package id is stored as well: it tells this organization's peers not to endorse.
    try {
      StateSerializer.serialize(
          StateSerializer.CHAINCODE_SOURCES, privateName, localPackage(packageId), orgState);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(e, "could not serialize chaincode package info to state");
    }
  }

  static StructuredValue localPackage(String packageId) {
    return new StructuredValue(
        ChaincodeDefinition.LOCAL_PACKAGE_TYPE,
        List.of(StructuredValue.Field.of(ChaincodeDefinition.PACKAGE_ID, packageId)));
  }

  private static void requireApprovable(long requested, long current) {
    if (current == requested && requested == 0) {
      throw new LifecycleException(
          "requested sequence is 0, but first definable sequence number is 1");
    }
    if (requested < current) {
      throw new LifecycleException(
          "currently defined sequence %d is larger than requested sequence %d"
              .formatted(current, requested));
    }
    if (requested > current + 1) {
      throw new LifecycleException(
          "requested sequence %d is larger than the next available sequence number %d"
              .formatted(requested, current + 1));
    }
  }

  /** An approval of the committed sequence must be of the committed parameters. */
  private static void requireUnchanged(
      String name, ChaincodeDefinition definition, ReadableState publicState) {
    long current = definition.sequence();
    StateMetadata metadata =
        metadata(name, publicState, "could not fetch metadata for current definition")
            .orElseThrow(
                () ->
                    new LifecycleException(
                        "missing metadata for currently committed sequence number (%d)"
                            .formatted(current)));
    ChaincodeDefinition committed = definition(name, metadata, publicState);
    try {
      committed.requireSameParameters(definition);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(
          e,
          ("attempted to redefine the current committed sequence (%d) for namespace %s"
                  + " with different parameters")
              .formatted(current, name));
    }
  }

  /** Whether the organization's approval at this sequence already says exactly this. */
  private boolean isSameApproval(
      String privateName,
      ChaincodeDefinition definition,
      String packageId,
      ReadableState orgState,
      boolean uncommitted) {
    String context =
        uncommitted && !redefinitionRefused
            ? "could not fetch uncommitted definition"
            : "could not fetch chaincode definition, chaincode %s, requested at sequence %d"
                .formatted(privateName, definition.sequence());
    Optional<StateMetadata> metadata = metadata(privateName, orgState, context);
    if (metadata.isEmpty()) {
      return false;
    }
    ChaincodeDefinition approved;
    try {
      approved =
          StateSerializer.parameters(privateName, definition.sequence(), metadata.get(), orgState);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(
          e, "could not deserialize namespace " + privateName + " as chaincode");
    }
    if (!approved.sameParameters(definition)) {
      return false;
    }
    Optional<StateMetadata> source = sourceMetadata(privateName, orgState);
    return source.isPresent() && packageId(privateName, source.get(), orgState).equals(packageId);
  }

  /** The approval at {@code sequence}; 0 means the next sequence if approved, else the current. */
  ApprovedDefinition queryApproved(
      String name, long sequence, ReadableState publicState, ReadableState orgState) {
    long requested = sequence;
    if (requested == 0) {
      requested = currentSequence(name, publicState);
      long next = requested + 1;
      if (metadata(
              privateName(name, next),
              orgState,
              "could not deserialize namespace metadata for next sequence " + next)
          .isPresent()) {
        requested = next;
      }
    }
    String privateName = privateName(name, requested);
    String missing =
        "could not fetch approved chaincode definition (name: '%s', sequence: '%d') on channel '%s'"
            .formatted(name, redefinitionRefused ? requested : sequence, channelId);
    StateMetadata metadata =
        metadata(
                privateName,
                orgState,
                "could not deserialize namespace metadata for " + privateName)
            .orElseThrow(() -> new LifecycleException(missing));
    return approved(privateName, requested, metadata, orgState, missing);
  }

  /** Every approval of this organization, by {@code name#sequence}. */
  <S extends ReadableState & RangeableState> SortedMap<String, ApprovedDefinition> queryAllApproved(
      S orgState) {
    SortedMap<String, StateMetadata> metadatas;
    try {
      metadatas = StateSerializer.allMetadata(StateSerializer.NAMESPACES, orgState);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(e, "could not fetch metadatas");
    }
    SortedMap<String, ApprovedDefinition> result = new TreeMap<>();
    metadatas.forEach(
        (privateName, metadata) -> {
          ApprovalName name = ApprovalName.parse(privateName);
          try {
            result.put(
                privateName,
                approved(
                    privateName,
                    name.sequence(),
                    metadata,
                    orgState,
                    "could not fetch chaincode-source metadata for " + privateName));
          } catch (LifecycleException e) {
            throw LifecycleException.wrap(
                e,
                ("could not fetch approved chaincode definition (name: '%s', sequence: '%d')"
                        + " on channel '%s'")
                    .formatted(name.chaincode(), name.sequence(), channelId));
          }
        });
    return result;
  }

  private static ApprovedDefinition approved(
      String privateName,
      long sequence,
      StateMetadata metadata,
      ReadableState orgState,
      String missing) {
    if (!metadata.getDatatype().equals(ChaincodeDefinition.PARAMETERS_TYPE)) {
      throw new LifecycleException("not a chaincode parameters type: " + metadata.getDatatype());
    }
    ChaincodeDefinition parameters;
    try {
      parameters = StateSerializer.parameters(privateName, sequence, metadata, orgState);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(
          e, "could not deserialize chaincode parameters for " + privateName);
    }
    StateMetadata source =
        sourceMetadata(privateName, orgState).orElseThrow(() -> new LifecycleException(missing));
    if (!source.getDatatype().equals(ChaincodeDefinition.LOCAL_PACKAGE_TYPE)) {
      throw new LifecycleException("not a chaincode local package type: " + source.getDatatype());
    }
    return new ApprovedDefinition(parameters, packageId(privateName, source, orgState));
  }

  static ChaincodeDefinition query(String name, ReadableState publicState) {
    StateMetadata metadata =
        metadata(name, publicState, "could not fetch metadata for namespace " + name)
            .orElseThrow(() -> new NamespaceNotDefined(name));
    return definition(name, metadata, publicState);
  }

  static long currentSequence(String name, ReadableState publicState) {
    try {
      return StateSerializer.int64(
          StateSerializer.NAMESPACES, name, ChaincodeDefinition.SEQUENCE, publicState);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(e, "could not get current sequence");
    }
  }

  private ChaincodeDefinition withDefaults(ChaincodeDefinition definition) {
    try {
      return defaults.apply(definition);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(
          e, "could not set defaults for chaincode definition in channel " + channelId);
    }
  }

  private static ChaincodeDefinition definition(
      String name, StateMetadata metadata, ReadableState state) {
    try {
      return StateSerializer.definition(name, metadata, state);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(e, "could not deserialize namespace " + name + " as chaincode");
    }
  }

  private static Optional<StateMetadata> metadata(
      String name, ReadableState state, String context) {
    try {
      return StateSerializer.metadata(StateSerializer.NAMESPACES, name, state);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(e, context);
    }
  }

  private static Optional<StateMetadata> sourceMetadata(String privateName, ReadableState state) {
    try {
      return StateSerializer.metadata(StateSerializer.CHAINCODE_SOURCES, privateName, state);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(
          e, "could not deserialize chaincode-source metadata for " + privateName);
    }
  }

  private static String packageId(String privateName, StateMetadata metadata, ReadableState state) {
    try {
      return StateSerializer.localPackage(privateName, metadata, state);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(
          e, "could not deserialize chaincode package for " + privateName);
    }
  }
}
