package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.ledger.Ledger;
import org.blockraft.simulation.CollectionDirectory;
import org.blockraft.simulation.SimulationException;
import org.blockraft.simulation.TransactionSimulator;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateSnapshot;
import org.blockraft.state.StateUpdates;
import org.blockraft.state.StateView;
import org.blockraft.validate.DefinitionSource;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.hyperledger.fabric.protos.peer.ApplicationPolicy;
import org.hyperledger.fabric.protos.peer.ChaincodeData;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.hyperledger.fabric.protos.peer.lifecycle.StateMetadata;

/**
 * The chaincode definitions of one channel, for those who simulate and those who validate. Answers
 * about a state are a function of that state: what is kept in memory is used only for the height it
 * was taken at. Lookups may come from many threads; {@link #committed} comes from the committing
 * thread, before the block becomes visible.
 *
 * <p>Fabric source: core/chaincode/lifecycle/deployedcc_infoprovider.go, cache.go.
 */
public final class CommittedDefinitions implements CollectionDirectory, DefinitionSource {
  private static final Pattern SEQUENCE_KEY = Pattern.compile("namespaces/fields/([^/]+)/Sequence");

  private final String channelId;
  private final Supplier<ChannelConfig> config;
  private final DefinitionCache cache;
  private final ImplicitDissemination own;
  private volatile Supplier<StateSnapshot> snapshots;
  private volatile Committed latest = new Committed(-1, Map.of());

  /** Explicit and implicit collections by chaincode; bounded by the number of definitions. */
  private final Map<String, Combined> combined = new ConcurrentHashMap<>();

  private record Combined(
      ChannelConfig channel, CollectionConfigPackage explicit, CollectionConfigPackage all) {}

  /** All definitions at one height. */
  private record Committed(long height, Map<String, ChaincodeDefinition> definitions) {}

  /**
   * @param config the channel's configuration in force
   * @param cache the peer's cache, shared by all channels
   */
  public CommittedDefinitions(
      String channelId,
      Supplier<ChannelConfig> config,
      DefinitionCache cache,
      ImplicitDissemination own) {
    this.channelId = channelId;
    this.config = config;
    this.cache = cache;
    this.own = own;
  }

  /**
   * Reads all definitions of the ledger's state and from then on follows its blocks; called once,
   * before the ledger takes blocks or proposals.
   *
   * @param changed told when definitions have changed, a moment before readers see the block
   */
  public void follow(Ledger ledger, Runnable changed) {
    snapshots = ledger::snapshot;
    try (StateSnapshot state = ledger.snapshot()) {
      open(state);
    }
    ledger.addListener(
        block -> {
          if (concerns(block.updates())) {
            try (StateSnapshot state = ledger.snapshot()) {
              committed(block.updates(), state);
            }
            changed.run();
          } else {
            latest = new Committed(block.number() + 1, latest.definitions());
          }
        });
  }

  private boolean concerns(StateUpdates updates) {
    return !updates.of(DeployedChaincodes.LIFECYCLE).isEmpty()
        || !updates.of(ownHashes()).isEmpty();
  }

  private String ownHashes() {
    return Namespaces.hashed(
        DeployedChaincodes.LIFECYCLE, ImplicitCollections.nameFor(own.mspId()));
  }

  /** Reads all definitions of the channel's state. */
  void open(StateView state) {
    CommittedState publicState = new CommittedState(state, DeployedChaincodes.LIFECYCLE);
    Map<String, ChaincodeDefinition> definitions = new HashMap<>();
    for (Map.Entry<String, StateMetadata> entry :
        StateSerializer.allMetadata(StateSerializer.NAMESPACES, publicState).entrySet()) {
      if (entry.getValue().getDatatype().equals(ChaincodeDefinition.DEFINITION_TYPE)) {
        DeployedChaincodes.definition(entry.getKey(), publicState)
            .ifPresent(definition -> definitions.put(entry.getKey(), definition));
      }
    }
    cache.open(channelId, publicState, approvals(state), definitions.keySet());
    latest = new Committed(state.height(), Map.copyOf(definitions));
  }

  /**
   * Takes in a block's changes.
   *
   * @param updates what the block changes
   * @param after the state that includes the block
   */
  void committed(StateUpdates updates, StateView after) {
    Set<String> changed = new TreeSet<>();
    for (byte[] key : updates.of(DeployedChaincodes.LIFECYCLE).keySet()) {
      Matcher matcher = SEQUENCE_KEY.matcher(new String(key, StandardCharsets.UTF_8));
      if (matcher.matches()) {
        changed.add(matcher.group(1));
      }
    }
    NavigableMap<byte[], StateUpdates.Update> approvals = updates.of(ownHashes());
    Map<String, ChaincodeDefinition> definitions = latest.definitions();
    if (!changed.isEmpty() || !approvals.isEmpty()) {
      CommittedState publicState = new CommittedState(after, DeployedChaincodes.LIFECYCLE);
      Map<String, ChaincodeDefinition> next = new HashMap<>(definitions);
      for (String name : changed) {
        DeployedChaincodes.definition(name, publicState)
            .ifPresentOrElse(definition -> next.put(name, definition), () -> next.remove(name));
      }
      definitions = Map.copyOf(next);
      List<ByteString> hashes = new ArrayList<>();
      approvals.keySet().forEach(hash -> hashes.add(ByteString.copyFrom(hash)));
      cache.refresh(channelId, changed, hashes, publicState, approvals(after));
    }
    latest = new Committed(after.height(), definitions);
  }

  private CommittedHashes approvals(StateView state) {
    return new CommittedHashes(state, ImplicitCollections.nameFor(own.mspId()));
  }

  @Override
  public Optional<CollectionConfigPackage> collections(
      String namespace, TransactionSimulator reads) {
    try {
      Optional<ChaincodeDefinition> definition = definitionThrough(namespace, reads);
      if (definition.isPresent()) {
        return Optional.of(withImplicit(namespace, definition.get().collections()));
      }
      SimulatedNamespace lscc = lscc(reads);
      return LegacyDefinitions.find(namespace, lscc).isPresent()
          ? LegacyDefinitions.collections(namespace, lscc)
          : Optional.empty();
    } catch (LifecycleException e) {
      throw new SimulationException("could not get info about chaincode: " + e.getMessage(), e);
    }
  }

  /** Explicit and implicit collections of a chaincode in a state; empty if it is not defined. */
  public Optional<CollectionConfigPackage> collections(String namespace, StateView state) {
    Optional<ChaincodeDefinition> definition = definition(namespace, state);
    return definition.isPresent()
        ? Optional.of(withImplicit(namespace, definition.get().collections()))
        : LegacyDefinitions.collections(
            namespace, new CommittedState(state, LegacyDefinitions.NAMESPACE));
  }

  @SuppressWarnings("ReferenceEquality") // the same definition and configuration, not equal ones
  private CollectionConfigPackage withImplicit(String name, CollectionConfigPackage explicit) {
    ChannelConfig channel = config.get();
    Combined known = combined.get(name);
    if (known != null && known.explicit() == explicit && known.channel() == channel) {
      return known.all();
    }
    CollectionConfigPackage all =
        CollectionConfigPackage.newBuilder()
            .addAllConfig(explicit.getConfigList())
            .addAllConfig(ChannelPolicies.implicitCollections(channel, own))
            .build();
    combined.put(name, new Combined(channel, explicit, all));
    return all;
  }

  /** The collection of the given name, its definition read through the simulator. */
  Optional<StaticCollectionConfig> collection(
      String namespace, String collection, TransactionSimulator reads) {
    Optional<ChaincodeDefinition> definition;
    try {
      definition = definitionThrough(namespace, reads);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(e, "could not get chaincode");
    }
    if (definition.isEmpty()) {
      return LegacyDefinitions.collections(namespace, lscc(reads))
          .flatMap(all -> DeployedChaincodes.explicitCollection(all, collection));
    }
    return collectionOf(definition.get(), collection);
  }

  /** The collection of the given name as defined in a state. */
  public Optional<StaticCollectionConfig> collection(
      String namespace, String collection, StateView state) {
    Optional<ChaincodeDefinition> definition = definition(namespace, state);
    return definition.isPresent()
        ? collectionOf(definition.get(), collection)
        : LegacyDefinitions.collections(
                namespace, new CommittedState(state, LegacyDefinitions.NAMESPACE))
            .flatMap(all -> DeployedChaincodes.explicitCollection(all, collection));
  }

  private Optional<StaticCollectionConfig> collectionOf(
      ChaincodeDefinition definition, String collection) {
    Optional<String> owner = ImplicitCollections.owner(collection);
    return owner.isPresent()
        ? Optional.of(ChannelPolicies.implicitCollection(owner.get(), own))
        : DeployedChaincodes.explicitCollection(definition.collections(), collection);
  }

  @Override
  public Optional<ValidationInfo> validationInfo(
      String namespace, StateView committed, ChannelConfig channel) {
    if (namespace.equals(DeployedChaincodes.LIFECYCLE)) {
      return Optional.of(
          new ValidationInfo(
              ChannelPolicies.DEFAULT_VALIDATION_PLUGIN,
              ChannelPolicies.lifecycleEndorsement(channel)));
    }
    Optional<ChaincodeDefinition> definition = definition(namespace, committed);
    if (definition.isPresent()) {
      var validation = definition.get().validationInfo();
      return Optional.of(
          new ValidationInfo(
              validation.getValidationPlugin(), validation.getValidationParameter()));
    }
    return LegacyDefinitions.find(
            namespace, new CommittedState(committed, LegacyDefinitions.NAMESPACE))
        .map(CommittedDefinitions::legacyValidation);
  }

  /** A definition of an older channel has a bare signature policy, which is wrapped. */
  private static ValidationInfo legacyValidation(ChaincodeData data) {
    ByteString policy = data.getPolicy().toByteString();
    if (!data.getVscc().equals(ChannelPolicies.DEFAULT_VALIDATION_PLUGIN) || policy.isEmpty()) {
      return new ValidationInfo(data.getVscc(), policy);
    }
    return new ValidationInfo(
        data.getVscc(),
        ApplicationPolicy.newBuilder().setSignaturePolicy(data.getPolicy()).build().toByteString());
  }

  @Override
  public Optional<ByteString> collectionPolicy(
      String namespace, String collection, StateView committed, ChannelConfig channel) {
    Optional<ChaincodeDefinition> definition =
        namespace.equals(DeployedChaincodes.LIFECYCLE)
            ? DeployedChaincodes.definition(namespace, key -> null)
            : definition(namespace, committed);
    if (definition.isEmpty()) {
      return Optional.of(ByteString.EMPTY);
    }
    Optional<String> owner = ImplicitCollections.owner(collection);
    if (owner.isPresent()) {
      return ChannelPolicies.implicitCollectionEndorsement(channel, owner.get());
    }
    return DeployedChaincodes.explicitCollection(definition.get().collections(), collection)
        .map(
            found ->
                found.hasEndorsementPolicy()
                    ? found.getEndorsementPolicy().toByteString()
                    : definition.get().validationInfo().getValidationParameter());
  }

  /** The definition committed in a state; from memory when that is of the same height. */
  private Optional<ChaincodeDefinition> definition(String name, StateView state) {
    Committed known = latest;
    if (known.height() == state.height() && !name.equals(DeployedChaincodes.LIFECYCLE)) {
      return Optional.ofNullable(known.definitions().get(name));
    }
    return DeployedChaincodes.definition(
        name, new CommittedState(state, DeployedChaincodes.LIFECYCLE));
  }

  /**
   * The definition as a transaction reads it: all its keys get into the read set, but the values of
   * a sequence that is known are not parsed again, since a sequence never changes its content.
   */
  private Optional<ChaincodeDefinition> definitionThrough(
      String name, TransactionSimulator simulator) {
    SimulatedNamespace state =
        new SimulatedNamespace(simulator, DeployedChaincodes.LIFECYCLE, false);
    ChaincodeDefinition known = latest.definitions().get(name);
    if (known == null
        || state.get(StateSerializer.metadataKey(StateSerializer.NAMESPACES, name)) == null
        || Definitions.currentSequence(name, state) != known.sequence()) {
      return DeployedChaincodes.definition(name, state);
    }
    for (StructuredValue.Field field : known.asParameters().fields()) {
      state.get(StateSerializer.fieldKey(StateSerializer.NAMESPACES, name, field.name()));
    }
    return Optional.of(known);
  }

  private static SimulatedNamespace lscc(TransactionSimulator simulator) {
    return new SimulatedNamespace(simulator, LegacyDefinitions.NAMESPACE, false);
  }

  /** What this peer can do with a definition, empty if there is none of this name. */
  public Optional<LocalDefinition> local(String name) {
    return cache.find(channelId, name);
  }

  /**
   * As {@link #local(String)}, for whoever read the sequence in a state. A block's state can be
   * read a moment before its listeners are told, so the definition is then fetched here.
   */
  Optional<LocalDefinition> local(String name, long sequence) {
    Optional<LocalDefinition> known = local(name);
    Supplier<StateSnapshot> source = snapshots;
    if (source == null || (known.isPresent() && known.get().definition().sequence() >= sequence)) {
      return known;
    }
    cache.refresh(channelId, name, source);
    return local(name);
  }

  /**
   * What others should know about the chaincodes of this channel, in order of name, the lifecycle
   * itself last.
   */
  public List<ChaincodeMetadata> metadata() {
    List<ChaincodeMetadata> result = new ArrayList<>();
    cache.all(channelId).forEach((name, local) -> result.add(ChaincodeMetadata.of(name, local)));
    result.add(lifecycleMetadata());
    return result;
  }

  /** As {@link #metadata()}, for one chaincode; empty if it is not defined. */
  public Optional<ChaincodeMetadata> metadata(String name) {
    return name.equals(DeployedChaincodes.LIFECYCLE)
        ? Optional.of(lifecycleMetadata())
        : local(name).map(local -> ChaincodeMetadata.of(name, local));
  }

  private ChaincodeMetadata lifecycleMetadata() {
    return new ChaincodeMetadata(
        DeployedChaincodes.LIFECYCLE,
        1,
        ChannelPolicies.lifecycleEndorsement(config.get()),
        CollectionConfigPackage.getDefaultInstance(),
        true,
        true);
  }

  /**
   * A policy of a definition as one signature policy, references into the configuration resolved.
   *
   * @param applicationPolicy serialized {@code ApplicationPolicy}
   */
  public SignaturePolicyEnvelope signaturePolicy(ByteString applicationPolicy) {
    ApplicationPolicy policy;
    try {
      policy = ApplicationPolicy.parseFrom(applicationPolicy);
    } catch (InvalidProtocolBufferException e) {
      throw new LifecycleException(
          "failed to unmarshal ApplicationPolicy bytes: proto: cannot parse invalid wire-format data",
          e);
    }
    return switch (policy.getTypeCase()) {
      case SIGNATURE_POLICY -> policy.getSignaturePolicy();
      case CHANNEL_CONFIG_POLICY_REFERENCE -> {
        String reference = policy.getChannelConfigPolicyReference();
        yield config
            .get()
            .policies()
            .policy(reference)
            .orElseThrow(
                () ->
                    new LifecycleException(
                        "could not retrieve policy for reference '%s' on channel '%s'"
                            .formatted(reference, channelId)))
            .toSignaturePolicy();
      }
      case TYPE_NOT_SET ->
          throw new LifecycleException(
              "unsupported policy type <nil> on channel '" + channelId + "'");
    };
  }

  /** Whether the channel's definitions have been read. */
  boolean isOpen() {
    return cache.knows(channelId);
  }
}
