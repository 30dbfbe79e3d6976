package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.blockraft.chaincode.ChannelServices;
import org.blockraft.chaincode.CollectionAccess;
import org.blockraft.chaincode.EndorsementInfo;
import org.blockraft.chaincode.SystemChaincode;
import org.blockraft.chaincode.SystemChaincodeCall;
import org.blockraft.chaincode.TransactionContext;
import org.blockraft.identity.AclChecker;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.SignaturePolicies;
import org.blockraft.identity.SignedData;
import org.blockraft.ledger.Ledger;
import org.blockraft.simulation.SimulationSettings;
import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.hyperledger.fabric.protos.peer.ChaincodeData;
import org.hyperledger.fabric.protos.peer.ChaincodeInput;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;

/**
 * What executing chaincode needs to know of channels, definitions and access. Safe for use by many
 * threads.
 *
 * <p>Fabric source: core/chaincode/lifecycle/endorsement_info.go, core/common/privdata/store.go.
 */
public final class PeerChannelServices implements ChannelServices {
  /**
   * Names that no user chaincode can have, whether or not this peer runs a chaincode of the name.
   */
  private static final List<String> RESERVED = List.of("lscc", "qscc", "cscc", "_lifecycle");

  static final String SYSTEM_VERSION = "syscc";

  private final ChannelDirectory channels;
  private final AclChecker acls;
  private final SimulationSettings settings;
  private final Map<String, SystemChaincode> systemChaincodes;
  private final boolean developmentMode;

  /**
   * @param developmentMode whether users run chaincode by hand: a definition without an installed
   *     package then names its chaincode {@code name:version}
   */
  public PeerChannelServices(
      ChannelDirectory channels,
      AclChecker acls,
      SimulationSettings settings,
      List<? extends SystemChaincode> systemChaincodes,
      boolean developmentMode) {
    this.channels = channels;
    this.acls = acls;
    this.settings = settings;
    this.systemChaincodes =
        systemChaincodes.stream()
            .collect(Collectors.toUnmodifiableMap(SystemChaincode::name, scc -> scc));
    this.developmentMode = developmentMode;
  }

  @Override
  public EndorsementInfo resolve(
      String channelId, String chaincode, TransactionSimulator simulator) {
    if (isSystemChaincode(chaincode)) {
      return new EndorsementInfo(
          SYSTEM_VERSION,
          false,
          chaincode + "." + SYSTEM_VERSION,
          ChannelPolicies.DEFAULT_ENDORSEMENT_PLUGIN);
    }
    ChannelHandle channel =
        channels
            .channel(channelId)
            .orElseThrow(
                () ->
                    new LifecycleException(
                        "could not get channel config for channel '" + channelId + "'"));
    if (!channel.config().hasApplication()) {
      throw new LifecycleException(
          "could not get application config for channel '" + channelId + "'");
    }
    if (!channel.config().application().lifecycleV20()) {
      return legacy(chaincode, simulator);
    }
    long sequence = committedSequence(channelId, chaincode, simulator);
    if (sequence == 0) {
      return legacy(chaincode, simulator);
    }
    LocalDefinition local = local(channel, chaincode, sequence);
    return new EndorsementInfo(
        local.definition().version(),
        local.definition().endorsementInfo().getInitRequired(),
        local.packageId().orElseGet(() -> chaincode + ":" + local.definition().version()),
        local.definition().endorsementInfo().getEndorsementPlugin());
  }

  private static long committedSequence(
      String channelId, String chaincode, TransactionSimulator simulator) {
    ReadableState state =
        simulator == null
            ? key -> {
              throw new LifecycleException("invalid channel-less operation");
            }
            : new SimulatedNamespace(simulator, DeployedChaincodes.LIFECYCLE, false);
    try {
      return StateSerializer.int64(
          StateSerializer.NAMESPACES, chaincode, ChaincodeDefinition.SEQUENCE, state);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(
          e,
          "could not get current sequence for chaincode '%s' on channel '%s'"
              .formatted(chaincode, channelId));
    }
  }

  private LocalDefinition local(ChannelHandle channel, String chaincode, long sequence) {
    String channelId = channel.channelId();
    LocalDefinition local =
        channel
            .definitions()
            .local(chaincode, sequence)
            .orElseThrow(
                () ->
                    new LifecycleException(
                        "could not get approved chaincode info from cache: "
                            + (channel.definitions().isOpen()
                                ? "unknown chaincode '%s' for channel '%s'"
                                    .formatted(chaincode, channelId)
                                : "unknown channel '%s'".formatted(channelId))));
    if (local.definition().sequence() != sequence) {
      throw new LifecycleException(
          "chaincode cache at sequence %d but current sequence is %d, chaincode definition for '%s' changed during invoke"
              .formatted(local.definition().sequence(), sequence, chaincode));
    }
    if (!local.approved()) {
      throw new LifecycleException(
          "chaincode definition for '%s' at sequence %d on channel '%s' has not yet been approved by this org"
              .formatted(chaincode, sequence, channelId));
    }
    if (local.packageId().isEmpty() && !developmentMode) {
      throw new LifecycleException(
          "chaincode definition for '%s' exists, but chaincode is not installed"
              .formatted(chaincode));
    }
    return local;
  }

  private static EndorsementInfo legacy(String chaincode, TransactionSimulator simulator) {
    ChaincodeData data =
        LegacyDefinitions.find(
                chaincode, new SimulatedNamespace(simulator, LegacyDefinitions.NAMESPACE, false))
            .orElseThrow(() -> new LifecycleException("chaincode " + chaincode + " not found"));
    return new EndorsementInfo(
        data.getVersion(), false, data.getName() + ":" + data.getVersion(), data.getEscc());
  }

  @Override
  public boolean isSystemChaincode(String name) {
    return RESERVED.contains(name);
  }

  @Override
  public void checkChaincodeToChaincode(String channelId, SignedProposal proposal) {
    acls.check("peer/ChaincodeToChaincode", channelId, proposal);
  }

  @Override
  public TransactionSimulator otherChannel(String channelId, String txId) {
    return channels.channel(channelId).map(channel -> begin(channel, txId)).orElse(null);
  }

  /** Begins a simulation on the newest state of a channel; the caller closes it. */
  public TransactionSimulator begin(ChannelHandle channel, String txId) {
    Ledger ledger = channel.ledger();
    return new TransactionSimulator(
        ledger.snapshot(), txId, settings, channel.definitions(), ledger.history());
  }

  @Override
  public CollectionAccess collectionAccess(
      String channelId,
      String chaincode,
      String collection,
      SignedProposal proposal,
      TransactionSimulator simulator) {
    ChannelHandle channel = require(channelId);
    StaticCollectionConfig config =
        channel
            .definitions()
            .collection(chaincode, collection, simulator)
            .orElseThrow(
                () ->
                    new LifecycleException(
                        "collection %s/%s/%s could not be found"
                            .formatted(channelId, chaincode, collection)));
    SignaturePolicyEnvelope members = memberPolicy(config);
    if (!config.getMemberOnlyRead() && !config.getMemberOnlyWrite()) {
      return new CollectionAccess(true, true);
    }
    try {
      SignaturePolicies.compile(members, channel.config().msps())
          .evaluateSignedData(List.of(signedData(proposal)));
      return new CollectionAccess(true, true);
    } catch (IdentityException e) {
      return new CollectionAccess(!config.getMemberOnlyRead(), !config.getMemberOnlyWrite());
    }
  }

  private static SignaturePolicyEnvelope memberPolicy(StaticCollectionConfig config) {
    if (!config.hasMemberOrgsPolicy()) {
      throw new LifecycleException("Collection config policy is nil");
    }
    if (!config.getMemberOrgsPolicy().hasSignaturePolicy()) {
      throw new LifecycleException("Collection config access policy is nil");
    }
    return config.getMemberOrgsPolicy().getSignaturePolicy();
  }

  private static SignedData signedData(SignedProposal signed) {
    try {
      Proposal proposal = Proposal.parseFrom(signed.getProposalBytes());
      ByteString header = Header.parseFrom(proposal.getHeader()).getSignatureHeader();
      return new SignedData(
          signed.getProposalBytes(),
          SignatureHeader.parseFrom(header).getCreator(),
          signed.getSignature());
    } catch (InvalidProtocolBufferException e) {
      throw new LifecycleException(
          "error unmarshalling Proposal: proto: cannot parse invalid wire-format data", e);
    }
  }

  @Override
  public boolean keyLevelEndorsement(String channelId) {
    return application(channelId).application().keyLevelEndorsement();
  }

  @Override
  public boolean purgePvtData(String channelId) {
    return application(channelId).application().purgePrivateData();
  }

  private ChannelConfig application(String channelId) {
    Optional<ChannelConfig> config =
        channels
            .channel(channelId)
            .map(ChannelHandle::config)
            .filter(ChannelConfig::hasApplication);
    return config.orElseThrow(
        () -> new LifecycleException("application config does not exist for " + channelId));
  }

  private ChannelHandle require(String channelId) {
    return channels
        .channel(channelId)
        .orElseThrow(
            () ->
                new LifecycleException(
                    "could not get channel config for channel '" + channelId + "'"));
  }

  @Override
  public Response invokeSystemChaincode(String name, TransactionContext tx, ChaincodeInput input) {
    return invokeSystemChaincode(name, tx, input, false);
  }

  /**
   * @param directly whether a client called, not another chaincode
   */
  public Response invokeSystemChaincode(
      String name, TransactionContext tx, ChaincodeInput input, boolean directly) {
    SystemChaincode systemChaincode = systemChaincodes.get(name);
    if (systemChaincode == null) {
      throw new LifecycleException(
          "could not launch chaincode " + name + "." + SYSTEM_VERSION + ": not deployed");
    }
    return systemChaincode.invoke(
        new SystemChaincodeCall(
            tx.channelId(),
            tx.txId(),
            input.getArgsList(),
            tx.signedProposal(),
            tx.simulator(),
            directly));
  }
}
