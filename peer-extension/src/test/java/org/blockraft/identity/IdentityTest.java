package org.blockraft.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

final class IdentityTest {
  private static final ByteString MESSAGE = ByteString.copyFromUtf8("message");

  private final TestOrg org = new TestOrg("Org1MSP");
  private final TestOrg other = new TestOrg("Org2MSP");
  private final MspManager msps = MspManager.of(List.of(org.msp(), other.msp()));

  @Test
  void shouldAcceptMemberOfEachRole() {
    for (TestOrg.Member member : List.of(org.client(), org.peer(), org.admin(), org.orderer())) {
      Identity identity = msps.deserialize(member.serialized());
      identity.validate();
      identity.verify(MESSAGE, member.sign(MESSAGE));
      assertEquals(member.serialized(), identity.serialized());
    }
  }

  @Test
  void shouldTellRolesApart() {
    Identity client = msps.deserialize(org.client().serialized());
    client.satisfies(SignaturePolicies.rolePrincipal("Org1MSP", MSPRoleType.MEMBER));
    client.satisfies(SignaturePolicies.rolePrincipal("Org1MSP", MSPRoleType.CLIENT));
    assertEquals(
        "The identity is not an admin under this MSP [Org1MSP]: The identity does not contain OU"
            + " [ADMIN], MSP: [Org1MSP]",
        refusal(
            () -> client.satisfies(SignaturePolicies.rolePrincipal("Org1MSP", MSPRoleType.ADMIN))));
    assertEquals(
        "The identity is not a [PEER] under this MSP [Org1MSP]: The identity does not contain OU"
            + " [PEER], MSP: [Org1MSP]",
        refusal(
            () -> client.satisfies(SignaturePolicies.rolePrincipal("Org1MSP", MSPRoleType.PEER))));
    assertEquals(
        "the identity is a member of a different MSP (expected Org2MSP, got Org1MSP)",
        refusal(
            () ->
                client.satisfies(SignaturePolicies.rolePrincipal("Org2MSP", MSPRoleType.MEMBER))));
  }

  @Test
  void shouldRefuseStrangers() {
    assertEquals(
        "MSP Org9MSP is not defined on channel",
        refusal(() -> msps.deserialize(serialized("Org9MSP", new byte[] {1}))));
    assertEquals(
        "could not decode the PEM structure",
        refusal(() -> msps.deserialize(serialized("Org1MSP", new byte[] {1}))));
    byte[] foreign = other.client().credential().pem();
    assertEquals(
        "the supplied identity is not valid: x509: certificate signed by unknown authority",
        refusal(() -> msps.deserialize(serialized("Org1MSP", foreign))));
  }

  @Test
  void shouldRefuseWrongUnitsAndAuthorities() {
    assertEquals(
        "could not validate identity's OUs: the identity does not have an OU that resolves to"
            + " client, peer, orderer, or admin role. OUs: [], MSP: [Org1MSP]",
        refusal(() -> org.member(TestPki.request("CN=x")).signer().identity().validate()));
    String two =
        refusal(
            () ->
                org.member(TestPki.request("CN=x,OU=client,OU=peer"))
                    .signer()
                    .identity()
                    .validate());
    assertEquals(
        "could not validate identity's OUs: the identity must have a client, a peer, an orderer,"
            + " or an admin OU role to be valid, not a combination of them. OUs: [",
        two.substring(0, two.indexOf('[') + 1));
    assertEquals(
        "could not obtain certification chain: An X509 certificate with Basic Constraint:"
            + " Certificate Authority equals true cannot be used as an identity",
        refusal(
            () ->
                org.member(TestPki.request("CN=x,OU=client").authority())
                    .signer()
                    .identity()
                    .validate()));
  }

  @Test
  void shouldIgnoreTheClockButNotTheUsage() {
    Instant longAgo = Instant.now().minusSeconds(3600);
    org.member(TestPki.request("CN=x,OU=client").validity(longAgo, longAgo.plusSeconds(10)))
        .signer()
        .identity()
        .validate();
    assertEquals(
        "the supplied identity is not valid: x509: certificate specifies an incompatible key usage",
        refusal(
            () ->
                org.member(
                    TestPki.request("CN=x,OU=client").purposes(KeyPurposeId.id_kp_clientAuth))));
  }

  @Test
  void shouldLoadDirectory(@TempDir Path directory) {
    TestOrg.Member peer = org.peer();
    org.writeMspDirectory(directory, peer);
    LocalMsp local = LocalMsp.load(directory, "Org1MSP", InstantSource.system());
    assertEquals(peer.serialized(), local.signer().serialized());
    byte[] signature = local.signer().sign(MESSAGE.toByteArray());
    local.msps().deserialize(peer.serialized()).verify(MESSAGE.toByteArray(), signature);
    assertArrayEquals(EcdsaSignature.parse(signature).toDer(), signature);
    Instant late = peer.signer().identity().expiresAt().plusSeconds(3661);
    assertEquals(
        "signing identity expired 1h1m1s ago",
        refusal(() -> LocalMsp.load(directory, "Org1MSP", InstantSource.fixed(late))));
  }

  static ByteString serialized(String mspId, byte[] idBytes) {
    return SerializedIdentity.newBuilder()
        .setMspid(mspId)
        .setIdBytes(ByteString.copyFrom(idBytes))
        .build()
        .toByteString();
  }

  static String refusal(Executable action) {
    return assertThrows(IdentityException.class, action).getMessage();
  }
}
