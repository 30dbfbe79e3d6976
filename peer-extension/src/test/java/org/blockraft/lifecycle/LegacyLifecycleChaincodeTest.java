package org.blockraft.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.blockraft.chaincode.SystemChaincodeCall;
import org.blockraft.identity.AclChecker;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.SampleChannel;
import org.blockraft.simulation.SimulationSettings;
import org.blockraft.simulation.TransactionSimulator;
import org.blockraft.state.MemoryState;
import org.blockraft.state.StateKey;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.peer.ChaincodeData;
import org.hyperledger.fabric.protos.peer.ChaincodeQueryResponse;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions about two chaincodes of old. */
class LegacyLifecycleChaincodeTest {
  @TempDir Path dir;
  private final MemoryState state = new MemoryState();
  private SampleChannel channel;
  private LegacyLifecycleChaincode lscc;

  @BeforeEach
  void open() {
    channel = new SampleChannel(dir);
    lscc =
        new LegacyLifecycleChaincode(
            new AclChecker(
                channel.peer1, id -> id.equals(SampleChannel.ID) ? channel.config() : null),
            new NoChannels());
    put("cc1", chaincode("cc1").toByteString());
    put("cc1~collection", ByteString.copyFromUtf8("collections"));
    put("cc2", chaincode("cc2").toByteString());
  }

  @Test
  void readersSeeWhatIsInstantiated() throws Exception {
    Response response = call(channel.client1, "getchaincodes");
    ChaincodeQueryResponse found = ChaincodeQueryResponse.parseFrom(response.getPayload());
    assertEquals(
        List.of("cc1", "cc2"), found.getChaincodesList().stream().map(c -> c.getName()).toList());
    assertEquals("1", found.getChaincodes(0).getVersion());
    assertEquals("vscc", found.getChaincodes(0).getVscc());
    assertTrue(call(channel.orderer, "getchaincodes").getMessage().startsWith("access denied for"));
  }

  @Test
  void aChaincodeIsFoundByName() {
    assertEquals(
        chaincode("cc1").toByteString(),
        call(channel.client1, "getccdata", SampleChannel.ID, "cc1").getPayload());
    assertEquals(
        "cc1", call(channel.client1, "getid", SampleChannel.ID, "cc1").getPayload().toStringUtf8());
    assertEquals(
        "could not find chaincode with name 'cc3'",
        call(channel.client1, "getid", SampleChannel.ID, "cc3").getMessage());
    assertEquals(
        "collections",
        call(channel.client1, "GetCollectionsConfig", "cc1").getPayload().toStringUtf8());
    assertEquals(
        "collections config not defined for chaincode cc2",
        call(channel.client1, "GetCollectionsConfig", "cc2").getMessage());
  }

  @Test
  void nothingIsInstalledOrDeployed() {
    assertEquals(200, call(channel.admin1, "getinstalledchaincodes").getStatus());
    assertEquals(500, call(channel.admin1, "install", "package").getStatus());
    assertEquals(500, call(channel.admin1, "deploy", SampleChannel.ID, "package").getStatus());
    assertEquals("invalid function to lscc: dance", call(channel.client1, "dance").getMessage());
    assertEquals(
        "invalid number of arguments to lscc: 2",
        call(channel.client1, "getccdata", SampleChannel.ID).getMessage());
  }

  private Response call(LocalMsp caller, String... args) {
    try (TransactionSimulator simulator =
        new TransactionSimulator(state, "tx", SimulationSettings.DEFAULTS, null, null)) {
      return lscc.invoke(
          new SystemChaincodeCall(
              SampleChannel.ID,
              "tx",
              Stream.of(args).map(ByteString::copyFromUtf8).toList(),
              by(caller),
              simulator,
              true));
    }
  }

  private void put(String key, ByteString value) {
    state.with(
        StateKey.of("lscc", key),
        new VersionedValue(value.toByteArray(), new byte[0], new Version(1, 0)));
  }

  private static ChaincodeData chaincode(String name) {
    return ChaincodeData.newBuilder().setName(name).setVersion("1").setVscc("vscc").build();
  }

  private static SignedProposal by(LocalMsp member) {
    ByteString header =
        Header.newBuilder()
            .setSignatureHeader(member.signer().newSignatureHeader().toByteString())
            .build()
            .toByteString();
    ByteString proposal = Proposal.newBuilder().setHeader(header).build().toByteString();
    return SignedProposal.newBuilder()
        .setProposalBytes(proposal)
        .setSignature(member.signer().sign(proposal))
        .build();
  }

  /** No channel is asked for. */
  private static final class NoChannels implements ChannelDirectory {
    @Override
    public Optional<ChannelHandle> channel(String id) {
      return Optional.empty();
    }

    @Override
    public List<String> ids() {
      return List.of();
    }

    @Override
    public void join(org.hyperledger.fabric.protos.common.Block genesis) {
      throw new IllegalStateException("no joining in this test");
    }
  }
}
