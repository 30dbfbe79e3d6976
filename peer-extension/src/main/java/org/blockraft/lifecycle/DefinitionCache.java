package org.blockraft.lifecycle;

import static org.blockraft.lifecycle.ChaincodeDefinition.privateName;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.blockraft.state.StateSnapshot;
import org.hyperledger.fabric.protos.peer.lifecycle.StateData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The definitions of all channels joined to the packages installed on this peer. One lock for all
 * channels, since a package may serve several; lookups of single definitions take no lock. The
 * cache is never older than a state that anyone can read.
 *
 * <p>Fabric source: core/chaincode/lifecycle/cache.go. Safe for use by many threads.
 */
public final class DefinitionCache {
  private static final Logger LOG = LoggerFactory.getLogger("lifecycle");

  private final String mspId;
  private final PackageEvents events;
  private final Map<String, Channel> channels = new ConcurrentHashMap<>();
  private final Map<ByteString, LocalPackage> packages = new HashMap<>();

  /**
   * @param mspId this peer's organization
   */
  public DefinitionCache(String mspId, PackageEvents events) {
    this.mspId = mspId;
    this.events = events;
  }

  /** One channel's definitions. */
  private static final class Channel {
    private final Map<String, Cached> chaincodes = new HashMap<>();

    /**
     * Hashed keys of this organization's approvals, and the chaincode each says something about.
     */
    private final Map<ByteString, String> interestingHashes = new HashMap<>();

    /** What lookups see. */
    private volatile Map<String, LocalDefinition> published = Map.of();
  }

  private static final class Cached {
    private ChaincodeDefinition definition;
    private boolean approved;
    private InstallInfo install;
    private List<ByteString> hashes = List.of();
  }

  private record InstallInfo(String packageId, String label) {}

  /** A package by the hash of the approval's package id; known here, approved, or both. */
  private static final class LocalPackage {
    private InstallInfo info;
    private final SortedMap<String, SortedMap<String, Cached>> references = new TreeMap<>();

    private InstalledChaincode installed() {
      SortedMap<String, List<InstalledChaincode.Reference>> byChannel = new TreeMap<>();
      references.forEach(
          (channel, chaincodes) -> {
            List<InstalledChaincode.Reference> list = new ArrayList<>();
            chaincodes.forEach(
                (name, cached) ->
                    list.add(new InstalledChaincode.Reference(name, cached.definition.version())));
            byChannel.put(channel, list);
          });
      return new InstalledChaincode(info.packageId(), info.label(), byChannel);
    }
  }

  /** Fills in a channel's definitions when the channel is opened. */
  synchronized void open(
      String channelId,
      ReadableState publicState,
      OpaqueState orgState,
      Collection<String> defined) {
    update(true, channelId, defined, publicState, orgState);
  }

  /** Takes in the changes of a block before anyone can read the state that contains them. */
  synchronized void refresh(
      String channelId,
      Collection<String> changedNames,
      Collection<ByteString> changedApprovalHashes,
      ReadableState publicState,
      OpaqueState orgState) {
    Set<String> dirty = new TreeSet<>(changedNames);
    Channel channel = channels.get(channelId);
    if (channel != null) {
      for (ByteString hash : changedApprovalHashes) {
        String name = channel.interestingHashes.get(hash);
        if (name != null) {
          dirty.add(name);
        }
      }
    }
    if (!dirty.isEmpty()) {
      update(false, channelId, dirty, publicState, orgState);
    }
  }

  /** Reads one definition anew, from a state that is opened here so that it is not an older one. */
  synchronized void refresh(String channelId, String name, Supplier<StateSnapshot> newest) {
    try (StateSnapshot state = newest.get()) {
      update(
          false,
          channelId,
          List.of(name),
          new CommittedState(state, DeployedChaincodes.LIFECYCLE),
          new CommittedHashes(state, ImplicitCollections.nameFor(mspId)));
    }
  }

  /** Notes a package that is installed from now on. */
  public synchronized void installed(String packageId, String label) {
    ByteString hash = packageHash(packageId);
    LocalPackage local = packages.get(hash);
    if (local == null) {
      local = new LocalPackage();
      packages.put(hash, local);
      events.installed(packageId);
    }
    local.info = new InstallInfo(packageId, label);
    for (Map.Entry<String, SortedMap<String, Cached>> channel : local.references.entrySet()) {
      for (Map.Entry<String, Cached> chaincode : channel.getValue().entrySet()) {
        chaincode.getValue().install = local.info;
        LOG.info(
            "Installed chaincode with package ID '{}' now available on channel {} for chaincode"
                + " definition {}:{}",
            packageId,
            channel.getKey(),
            chaincode.getKey(),
            chaincode.getValue().definition.version());
        events.runnable(packageId);
      }
      publish(channels.get(channel.getKey()));
    }
  }

  /** The committed definition of a chaincode, if there is one. */
  Optional<LocalDefinition> find(String channelId, String name) {
    Channel channel = channels.get(channelId);
    return channel == null ? Optional.empty() : Optional.ofNullable(channel.published.get(name));
  }

  boolean knows(String channelId) {
    return channels.containsKey(channelId);
  }

  /** All definitions of a channel by name. */
  Map<String, LocalDefinition> all(String channelId) {
    Channel channel = channels.get(channelId);
    return channel == null ? Map.of() : channel.published;
  }

  /** Installed packages in order of id. */
  public synchronized List<InstalledChaincode> installedChaincodes() {
    SortedMap<String, InstalledChaincode> byId = new TreeMap<>();
    for (LocalPackage local : packages.values()) {
      if (local.info != null) {
        byId.put(local.info.packageId(), local.installed());
      }
    }
    return List.copyOf(byId.values());
  }

  /** The installed package with the given id. */
  public synchronized InstalledChaincode installedChaincode(String packageId) {
    LocalPackage local = packages.get(packageHash(packageId));
    if (local == null || local.info == null) {
      throw new LifecycleException("could not find chaincode with package id '" + packageId + "'");
    }
    return local.installed();
  }

  private void update(
      boolean opening,
      String channelId,
      Collection<String> dirty,
      ReadableState publicState,
      OpaqueState orgState) {
    Channel channel = channels.computeIfAbsent(channelId, id -> new Channel());
    for (String name : dirty) {
      update(opening, channelId, channel, name, publicState, orgState);
    }
    publish(channel);
  }

  private void update(
      boolean opening,
      String channelId,
      Channel channel,
      String name,
      ReadableState publicState,
      OpaqueState orgState) {
    Cached cached = channel.chaincodes.computeIfAbsent(name, n -> new Cached());
    cached.hashes.forEach(channel.interestingHashes::remove);
    Optional<ChaincodeDefinition> found = DeployedChaincodes.definition(name, publicState);
    if (found.isEmpty()) {
      channel.chaincodes.remove(name);
      return;
    }
    ChaincodeDefinition definition = found.get();
    String privateName = privateName(name, definition.sequence());
    String packageKey =
        StateSerializer.fieldKey(
            StateSerializer.CHAINCODE_SOURCES, privateName, ChaincodeDefinition.PACKAGE_ID);
    byte[] packageHash = orgState.hash(packageKey);
    LocalPackage local =
        packages.computeIfAbsent(
            packageHash == null ? ByteString.EMPTY : ByteString.copyFrom(packageHash),
            hash -> new LocalPackage());
    if (!opening) {
      dropReferences(channelId, name, local);
    }
    cached.definition = definition;
    cached.approved = false;
    cached.hashes = approvalHashes(privateName);
    cached.hashes.forEach(hash -> channel.interestingHashes.put(hash, name));
    if (!StateSerializer.mismatches(
            StateSerializer.NAMESPACES, privateName, definition.asParameters(), orgState)
        .isEmpty()) {
      return;
    }
    cached.approved = true;
    if (!StateSerializer.isMetadataSerialized(
        StateSerializer.CHAINCODE_SOURCES, privateName, Definitions.localPackage(""), orgState)) {
      return;
    }
    cached.install = local.info;
    if (local.info != null) {
      LOG.info(
          "Chaincode with package ID '{}' now available on channel {} for chaincode definition"
              + " {}:{}",
          local.info.packageId(),
          channelId,
          name,
          definition.version());
      events.runnable(local.info.packageId());
    }
    local.references.computeIfAbsent(channelId, id -> new TreeMap<>()).put(name, cached);
  }

  /** Takes the chaincode off the packages that earlier definitions of it ran on. */
  private void dropReferences(String channelId, String name, LocalPackage kept) {
    for (LocalPackage other : packages.values()) {
      SortedMap<String, Cached> onChannel = other.references.get(channelId);
      Cached reference = onChannel == null ? null : onChannel.get(name);
      if (reference == null || reference.install == null) {
        continue;
      }
      if (kept.info != null && reference.install.packageId().equals(kept.info.packageId())) {
        continue;
      }
      onChannel.remove(name);
      if (!onChannel.isEmpty()) {
        continue;
      }
      other.references.remove(channelId);
      if (other.info != null && other.references.isEmpty()) {
        events.stoppable(other.info.packageId());
      }
    }
  }

  private static List<ByteString> approvalHashes(String privateName) {
    List<String> keys =
        List.of(
            StateSerializer.metadataKey(StateSerializer.NAMESPACES, privateName),
            approvalKey(privateName, ChaincodeDefinition.ENDORSEMENT_INFO),
            approvalKey(privateName, ChaincodeDefinition.VALIDATION_INFO),
            approvalKey(privateName, ChaincodeDefinition.COLLECTIONS),
            StateSerializer.fieldKey(
                StateSerializer.CHAINCODE_SOURCES, privateName, ChaincodeDefinition.PACKAGE_ID));
    return keys.stream().map(key -> ByteString.copyFrom(Sha256.of(key))).toList();
  }

  private static String approvalKey(String privateName, String field) {
    return StateSerializer.fieldKey(StateSerializer.NAMESPACES, privateName, field);
  }

  private static void publish(Channel channel) {
    Map<String, LocalDefinition> published = new TreeMap<>();
    channel.chaincodes.forEach(
        (name, cached) ->
            published.put(
                name,
                new LocalDefinition(
                    cached.definition,
                    cached.approved,
                    Optional.ofNullable(cached.install).map(InstallInfo::packageId))));
    channel.published = published;
  }

  /** The hash under which an approval of the package stands in the hashed state. */
  private static ByteString packageHash(String packageId) {
    return ByteString.copyFrom(
        Sha256.of(StateData.newBuilder().setString(packageId).build().toByteArray()));
  }
}
