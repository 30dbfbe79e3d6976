package org.blockraft.endorse;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.blockraft.chaincode.ChaincodeOutcome;
import org.blockraft.chaincode.InstalledPackage;
import org.blockraft.chaincode.PackageStore;
import org.blockraft.identity.AclChecker;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.SampleChannel;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.ledger.Ledger;
import org.blockraft.ledger.LedgerSettings;
import org.blockraft.ledger.Ledgers;
import org.blockraft.lifecycle.ChannelDirectory;
import org.blockraft.lifecycle.ChannelHandle;
import org.blockraft.lifecycle.CommittedDefinitions;
import org.blockraft.lifecycle.ConfigChaincode;
import org.blockraft.lifecycle.DefinitionCache;
import org.blockraft.lifecycle.ImplicitDissemination;
import org.blockraft.lifecycle.LifecycleChaincode;
import org.blockraft.lifecycle.PackageEvents;
import org.blockraft.lifecycle.PeerChannelServices;
import org.blockraft.lifecycle.QueryChaincode;
import org.blockraft.simulation.SimulationSettings;
import org.blockraft.simulation.TransactionSimulator;
import org.blockraft.validate.ValidatedBlock;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.ImplicitMetaPolicy;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.peer.ChaincodeActionPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeEndorsedAction;
import org.hyperledger.fabric.protos.peer.ChaincodeHeaderExtension;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.ChaincodeInput;
import org.hyperledger.fabric.protos.peer.ChaincodeInvocationSpec;
import org.hyperledger.fabric.protos.peer.ChaincodeProposalPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeSpec;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.hyperledger.fabric.protos.peer.Transaction;
import org.hyperledger.fabric.protos.peer.TransactionAction;

/** A peer of Org1MSP with real ledgers, whose user chaincode is a function of the test. */
final class EndorsingPeer implements ChannelDirectory, AutoCloseable {
  static final String ORG = "Org1MSP";

  /** Lets every proposal through. */
  static final AuthFilters OPEN =
      new AuthFilters(false, Duration.ZERO, () -> false, InstantSource.system());

  /** What the user chaincode does; replaced by tests. */
  interface Contract {
    ChaincodeOutcome run(TransactionSimulator simulator, ChaincodeInput input);
  }

  final SampleChannel sample;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Endorser endorser;
  Contract contract = (simulator, input) -> outcome(200);
  private final Block genesis;
  private final Ledgers ledgers;
  private final DefinitionCache cache = new DefinitionCache(ORG, silent());
  private final Map<String, ChannelHandle> channels = new TreeMap<>();
  private ByteString previous;

  EndorsingPeer(Path dir) {
    this.sample = new SampleChannel(dir.resolve("msp"));
    this.genesis = genesis(sample);
    this.previous = ByteString.copyFrom(BlockHeaders.headerHash(genesis.getHeader()));
    this.ledgers = new Ledgers(dir.resolve("ledgers"), LedgerSettings.defaults(ORG), meters);
    AclChecker acls =
        new AclChecker(sample.peer1, id -> channel(id).map(ChannelHandle::config).orElse(null));
    LifecycleChaincode lifecycle =
        new LifecycleChaincode(
            ORG,
            acls,
            this,
            new PackageStore(dir.resolve("packages")),
            bytes -> new InstalledPackage("p:1", "p", "golang", ""),
            cache,
            false);
    PeerChannelServices services =
        new PeerChannelServices(
            this,
            acls,
            SimulationSettings.DEFAULTS,
            List.of(lifecycle, new ConfigChaincode(acls, this), new QueryChaincode(acls, this)),
            false);
    this.endorser =
        new Endorser(
            this,
            sample.peer1.msps(),
            acls,
            services,
            (tx, input) -> contract.run(tx.simulator(), input),
            new PrivateDataDissemination(this, PrivateDataPeers.NONE, new Random(1)),
            sample.peer1.signer(),
            OPEN,
            meters);
  }

  private static Block genesis(SampleChannel sample) {
    ConfigGroup root = sample.root();
    ConfigGroup application =
        root.getGroupsOrThrow("Application").toBuilder()
            .putPolicies(
                "Endorsement", SampleChannel.meta(ImplicitMetaPolicy.Rule.MAJORITY, "Endorsement"))
            .build();
    ByteString config =
        ConfigEnvelope.newBuilder()
            .setConfig(
                Config.newBuilder()
                    .setChannelGroup(root.toBuilder().putGroups("Application", application)))
            .build()
            .toByteString();
    ByteString envelope =
        SampleChannel.envelope(HeaderType.CONFIG, sample.orderer.signer(), config).toByteString();
    BlockData data = BlockData.newBuilder().addData(envelope).build();
    return Block.newBuilder()
        .setHeader(
            BlockHeader.newBuilder().setDataHash(ByteString.copyFrom(BlockHeaders.dataHash(data))))
        .setData(data)
        .setMetadata(metadata())
        .build();
  }

  private static BlockMetadata metadata() {
    BlockMetadata.Builder metadata = BlockMetadata.newBuilder();
    for (int slot = 0; slot < 5; slot++) {
      metadata.addMetadata(ByteString.EMPTY);
    }
    return metadata.build();
  }

  Block genesisBlock() {
    return genesis;
  }

  static ChaincodeOutcome outcome(int status) {
    return new ChaincodeOutcome(Response.newBuilder().setStatus(status).build(), null);
  }

  private static PackageEvents silent() {
    return new PackageEvents() {
      @Override
      public void installed(String packageId) {}

      @Override
      public void runnable(String packageId) {}

      @Override
      public void stoppable(String packageId) {}
    };
  }

  @Override
  public Optional<ChannelHandle> channel(String channelId) {
    return Optional.ofNullable(channels.get(channelId));
  }

  @Override
  public List<String> ids() {
    return List.copyOf(channels.keySet());
  }

  @Override
  public void join(Block block) {
    Ledger ledger = ledgers.create(block);
    ChannelConfig config = ChannelConfig.fromBlock(block);
    CommittedDefinitions definitions =
        new CommittedDefinitions(
            ledger.channelId(), () -> config, cache, new ImplicitDissemination(ORG, 0, 0));
    definitions.follow(ledger, () -> {});
    channels.put(ledger.channelId(), new Joined(ledger.channelId(), config, ledger, definitions));
  }

  private record Joined(
      String channelId, ChannelConfig config, Ledger ledger, CommittedDefinitions definitions)
      implements ChannelHandle {}

  Ledger ledger() {
    return channels.get(SampleChannel.ID).ledger();
  }

  /** A signed proposal with arguments of bytes. */
  static SignedProposal propose(
      LocalMsp client, String channelId, String chaincode, ByteString... args) {
    SignatureHeader signature = client.signer().newSignatureHeader();
    String txId = UnpackedProposal.txId(signature.getNonce(), signature.getCreator());
    return signed(client, channelId, txId, signature, chaincode, args);
  }

  static SignedProposal signed(
      LocalMsp client,
      String channelId,
      String txId,
      SignatureHeader signature,
      String chaincode,
      ByteString... args) {
    ChaincodeID id = ChaincodeID.newBuilder().setName(chaincode).build();
    ChannelHeader channel =
        ChannelHeader.newBuilder()
            .setType(HeaderType.ENDORSER_TRANSACTION_VALUE)
            .setTxId(txId)
            .setChannelId(channelId)
            .setExtension(
                ChaincodeHeaderExtension.newBuilder().setChaincodeId(id).build().toByteString())
            .build();
    ChaincodeInvocationSpec spec =
        ChaincodeInvocationSpec.newBuilder()
            .setChaincodeSpec(
                ChaincodeSpec.newBuilder()
                    .setChaincodeId(id)
                    .setInput(ChaincodeInput.newBuilder().addAllArgs(List.of(args))))
            .build();
    Proposal proposal =
        Proposal.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(channel.toByteString())
                    .setSignatureHeader(signature.toByteString())
                    .build()
                    .toByteString())
            .setPayload(
                ChaincodeProposalPayload.newBuilder()
                    .setInput(spec.toByteString())
                    .putTransientMap("secret", ByteString.copyFromUtf8("s"))
                    .build()
                    .toByteString())
            .build();
    return SignedProposal.newBuilder()
        .setProposalBytes(proposal.toByteString())
        .setSignature(client.signer().sign(proposal.toByteString()))
        .build();
  }

  /** Commits the endorsed proposal as a block of one valid transaction. */
  void commit(SignedProposal signed, ProposalResponse response)
      throws InvalidProtocolBufferException {
    Proposal proposal = Proposal.parseFrom(signed.getProposalBytes());
    Header header = Header.parseFrom(proposal.getHeader());
    ChaincodeActionPayload action =
        ChaincodeActionPayload.newBuilder()
            .setChaincodeProposalPayload(
                ChaincodeProposalPayload.parseFrom(proposal.getPayload()).toBuilder()
                    .clearTransientMap()
                    .build()
                    .toByteString())
            .setAction(
                ChaincodeEndorsedAction.newBuilder()
                    .setProposalResponsePayload(response.getPayload())
                    .addEndorsements(response.getEndorsement()))
            .build();
    ByteString payload =
        Payload.newBuilder()
            .setHeader(header)
            .setData(
                Transaction.newBuilder()
                    .addActions(
                        TransactionAction.newBuilder()
                            .setHeader(header.getSignatureHeader())
                            .setPayload(action.toByteString()))
                    .build()
                    .toByteString())
            .build()
            .toByteString();
    BlockData data =
        BlockData.newBuilder()
            .addData(Envelope.newBuilder().setPayload(payload).build().toByteString())
            .build();
    BlockHeader next =
        BlockHeader.newBuilder()
            .setNumber(ledger().height())
            .setPreviousHash(previous)
            .setDataHash(ByteString.copyFrom(BlockHeaders.dataHash(data)))
            .build();
    previous = ByteString.copyFrom(BlockHeaders.headerHash(next));
    Block block = Block.newBuilder().setHeader(next).setData(data).setMetadata(metadata()).build();
    ledger()
        .commit(
            ValidatedBlock.allValid(
                new VerifiedBlock(block, block.toByteString(), previous.toByteArray())));
  }

  @Override
  public void close() {
    ledgers.close();
  }
}
