package org.blockraft.identity;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.peer.ACLs;
import org.hyperledger.fabric.protos.peer.APIResource;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class AclCheckerTest {
  @TempDir Path dir;
  private SampleChannel channel;
  private AclChecker acl;

  @BeforeEach
  void setUp() {
    channel = new SampleChannel(dir);
    acl = checker(channel.config("localhost:1"));
  }

  @Test
  void shouldLetWritersProposeAndReadersRead() {
    assertDoesNotThrow(() -> acl.check("peer/Propose", SampleChannel.ID, by(channel.client1)));
    assertDoesNotThrow(() -> acl.check("qscc/GetChainInfo", SampleChannel.ID, by(channel.client1)));
    assertDoesNotThrow(
        () ->
            acl.check(
                "event/Block",
                SampleChannel.ID,
                SampleChannel.envelope(
                    HeaderType.DELIVER_SEEK_INFO, channel.client1.signer(), ByteString.EMPTY)));
  }

  @Test
  void shouldSayWhichPolicyOfWhichChannelFailed() {
    SignedProposal foreign =
        by(new SampleOrganization("Org9MSP").member(dir.resolve("x"), "x", "client"));
    String text = refusal(() -> acl.check("peer/Propose", SampleChannel.ID, foreign));
    assertTrue(
        text.startsWith(
            "Failed evaluating policy on signed data during check policy on channel [sample] with"
                + " policy [/Channel/Application/Writers]: [implicit policy evaluation failed"),
        text);
  }

  @Test
  void shouldFollowTheOverridesOfTheChannel() {
    ACLs acls =
        ACLs.newBuilder()
            .putAcls("peer/Propose", APIResource.newBuilder().setPolicyRef("Admins").build())
            .putAcls("qscc/GetChainInfo", APIResource.newBuilder().setPolicyRef("NoSuch").build())
            .putAcls("cscc/GetChannels", APIResource.newBuilder().setPolicyRef("NoSuch").build())
            .build();
    ConfigGroup root = channel.root("localhost:1");
    ConfigGroup changed =
        root.toBuilder()
            .putGroups(
                "Application",
                root.getGroupsOrThrow("Application").toBuilder()
                    .putValues("ACLs", SampleChannel.value(acls))
                    .build())
            .build();
    AclChecker overridden =
        checker(
            ChannelConfig.of(
                SampleChannel.ID, Config.newBuilder().setChannelGroup(changed).build()));

    String text =
        refusal(() -> overridden.check("peer/Propose", SampleChannel.ID, by(channel.client1)));
    assertTrue(
        text.startsWith(
            "failed evaluating policy on signed data during check policy"
                + " [/Channel/Application/Admins]: ["),
        text);
    assertEquals(
        "failed evaluating policy on signed data during check policy"
            + " [/Channel/Application/NoSuch]: [policy /Channel/Application/NoSuch not found]",
        refusal(
            () -> overridden.check("qscc/GetChainInfo", SampleChannel.ID, by(channel.client1))));
    assertDoesNotThrow(
        () -> overridden.check("cscc/GetChannels", SampleChannel.ID, by(channel.client1)));
  }

  @Test
  void shouldGuardThePeerItselfByTheLocalMsp() {
    assertDoesNotThrow(() -> acl.checkLocal("cscc/JoinChain", by(channel.admin1)));
    assertDoesNotThrow(() -> acl.checkLocal("cscc/GetChannels", by(channel.client1)));
    assertDoesNotThrow(
        () -> acl.check("_lifecycle/InstallChaincode", SampleChannel.ID, by(channel.admin1)));
    String notAdmin = refusal(() -> acl.checkLocal("cscc/JoinChain", by(channel.client1)));
    assertTrue(
        notAdmin.startsWith(
            "Failed verifying that proposal's creator satisfies local MSP principal during"
                + " channelless check policy with policy [Admins]: ["),
        notAdmin);
    String foreign = refusal(() -> acl.checkLocal("cscc/JoinChain", by(channel.admin2)));
    assertTrue(
        foreign.startsWith(
            "Failed deserializing proposal creator during channelless check policy with policy"
                + " [Admins]: ["),
        foreign);
  }

  @Test
  void shouldRefuseWhatItDoesNotKnow() {
    assertEquals(
        "Unmapped policy for no/Such",
        refusal(() -> acl.check("no/Such", SampleChannel.ID, by(channel.client1))));
    assertEquals(
        "Failed to get policy manager for channel [other]",
        refusal(() -> acl.check("peer/Propose", "other", by(channel.client1))));
    assertEquals(
        "cannot override peer type policy for channeless ACL check",
        refusal(() -> acl.checkLocal("peer/Propose", by(channel.client1))));
  }

  @Test
  void shouldNotBeFooledByAForgedSignature() {
    SignedProposal forged =
        by(channel.admin1).toBuilder().setSignature(ByteString.copyFromUtf8("forged")).build();
    assertThrows(AccessDenied.class, () -> acl.checkLocal("cscc/JoinChain", forged));
    assertThrows(AccessDenied.class, () -> acl.check("peer/Propose", SampleChannel.ID, forged));
  }

  private AclChecker checker(ChannelConfig config) {
    return new AclChecker(channel.peer1, id -> id.equals(SampleChannel.ID) ? config : null);
  }

  private static SignedProposal by(LocalMsp member) {
    ByteString proposal =
        Proposal.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setSignatureHeader(member.signer().newSignatureHeader().toByteString())
                    .build()
                    .toByteString())
            .build()
            .toByteString();
    return SignedProposal.newBuilder()
        .setProposalBytes(proposal)
        .setSignature(member.signer().sign(proposal))
        .build();
  }

  private static String refusal(Executable check) {
    return assertThrows(AccessDenied.class, check).getMessage();
  }
}
