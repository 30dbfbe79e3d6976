package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.blockraft.chaincode.SystemChaincodeCall;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.SampleChannel;
import org.blockraft.simulation.SimulationResult;
import org.blockraft.simulation.SimulationSettings;
import org.blockraft.simulation.TransactionSimulator;
import org.blockraft.state.MemoryState;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateUpdates;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ImplicitMetaPolicy;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionHashedReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.HashedRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVWrite;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVWriteHash;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/** A channel in memory where every simulated transaction is committed as a block of its own. */
final class LifecycleChannel {
  static final String ORG = "Org1MSP";

  final List<String> events = new ArrayList<>();
  final DefinitionCache cache = new DefinitionCache(ORG, noted());
  final CommittedDefinitions definitions;
  private final SampleChannel sample;
  private final ChannelConfig config;
  private final MemoryState state = new MemoryState();
  private final boolean version3;
  private long height = 1;

  LifecycleChannel(Path dir) {
    this(dir, false);
  }

  /**
   * @param version3 whether the peer follows Fabric 3.1
   */
  LifecycleChannel(Path dir, boolean version3) {
    this.version3 = version3;
    this.sample = new SampleChannel(dir);
    this.config = config(sample);
    this.definitions =
        new CommittedDefinitions(
            SampleChannel.ID, () -> config, cache, new ImplicitDissemination(ORG, 0, 0));
    definitions.open(state);
  }

  private static ChannelConfig config(SampleChannel sample) {
    ConfigGroup root = sample.root();
    ConfigGroup application =
        root.getGroupsOrThrow("Application").toBuilder()
            .putPolicies(
                "Endorsement", SampleChannel.meta(ImplicitMetaPolicy.Rule.MAJORITY, "Endorsement"))
            .build();
    return ChannelConfig.of(
        SampleChannel.ID,
        Config.newBuilder()
            .setChannelGroup(root.toBuilder().putGroups("Application", application))
            .build());
  }

  private PackageEvents noted() {
    return new PackageEvents() {
      @Override
      public void installed(String packageId) {
        events.add("installed " + packageId);
      }

      @Override
      public void runnable(String packageId) {
        events.add("runnable " + packageId);
      }

      @Override
      public void stoppable(String packageId) {
        events.add("stoppable " + packageId);
      }
    };
  }

  SampleChannel sample() {
    return sample;
  }

  ChannelConfig config() {
    return config;
  }

  MemoryState state() {
    return state;
  }

  TransactionSimulator simulator() {
    return new TransactionSimulator(
        state.copy(), "tx" + height, SimulationSettings.DEFAULTS, definitions, null);
  }

  Response call(String org, String function, ByteString argument, TransactionSimulator simulator) {
    SystemChaincodeCall call =
        new SystemChaincodeCall(
            SampleChannel.ID,
            simulator.txId(),
            List.of(ByteString.copyFromUtf8(function), argument),
            SignedProposal.getDefaultInstance(),
            simulator,
            true);
    return new LifecycleChaincode(org, null, null, null, null, cache, version3)
        .dispatch(call, function, config);
  }

  /** Commits what was simulated, and lets the definitions follow. */
  SimulationResult commit(TransactionSimulator simulator) {
    SimulationResult result = simulator.result();
    StateUpdates updates = new StateUpdates();
    StateUpdates plain = new StateUpdates();
    Version version = new Version(height, 0);
    try {
      for (NsReadWriteSet ns : TxReadWriteSet.parseFrom(result.publicRwset()).getNsRwsetList()) {
        for (KVWrite write : KVRWSet.parseFrom(ns.getRwset()).getWritesList()) {
          put(updates, ns.getNamespace(), write, version);
        }
        for (CollectionHashedReadWriteSet collection : ns.getCollectionHashedRwsetList()) {
          String name = Namespaces.hashed(ns.getNamespace(), collection.getCollectionName());
          for (KVWriteHash write :
              HashedRWSet.parseFrom(collection.getHashedRwset()).getHashedWritesList()) {
            updates.put(
                name,
                write.getKeyHash().toByteArray(),
                new VersionedValue(write.getValueHash().toByteArray(), version));
          }
        }
      }
      if (result.privateRwset() != null) {
        for (NsPvtReadWriteSet ns : result.privateRwset().getNsPvtRwsetList()) {
          for (CollectionPvtReadWriteSet collection : ns.getCollectionPvtRwsetList()) {
            String name = Namespaces.pvt(ns.getNamespace(), collection.getCollectionName());
            for (KVWrite write : KVRWSet.parseFrom(collection.getRwset()).getWritesList()) {
              put(plain, name, write, version);
            }
          }
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    height++;
    state.apply(updates, height);
    state.apply(plain, height);
    definitions.committed(updates, state.copy());
    return result;
  }

  private static void put(StateUpdates updates, String namespace, KVWrite write, Version version) {
    updates.put(
        namespace,
        write.getKey().getBytes(StandardCharsets.UTF_8),
        new VersionedValue(write.getValue().toByteArray(), version));
  }
}
