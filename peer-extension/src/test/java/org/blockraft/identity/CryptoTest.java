package org.blockraft.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CryptoTest {
  private final TestOrg org = new TestOrg("Org1MSP", MspVersion.V3_0);

  @ParameterizedTest
  @EnumSource
  void shouldKnowCurves(EcCurve curve) {
    X9ECParameters known = ECNamedCurveTable.getByOID(new ASN1ObjectIdentifier(curve.oid));
    assertEquals(known.getN(), curve.order);
    assertEquals(known.getCurve().getB().toBigInteger(), curve.b);
    assertEquals(known.getCurve().getField().getCharacteristic(), curve.prime);
    curve.requirePoint(known.getG().getEncoded(false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1", "Ed25519"})
  void shouldSignWithLowS(String curve) {
    TestOrg.Member member = org.member(TestPki.request("CN=x,OU=client").curve(curve));
    for (int i = 0; i < 20; i++) {
      ByteString message = ByteString.copyFromUtf8("message " + i);
      ByteString signature = member.sign(message);
      member.signer().identity().verify(message, signature);
      if (!curve.equals("Ed25519")) {
        EcdsaSignature numbers = EcdsaSignature.parse(signature.toByteArray());
        assertTrue(numbers.isLowS(member.signer().identity().key().curve()));
        assertArrayEquals(numbers.toDer(), signature.toByteArray());
      }
    }
  }

  @Test
  void shouldHashMessagesInPieces() {
    TestOrg.Member member = org.client();
    ByteString large = ByteString.copyFrom(new byte[5000]);
    ByteString rope = large.concat(ByteString.copyFrom(new byte[3000]));
    ByteString signature = member.sign(ByteString.copyFrom(new byte[8000]));
    member.signer().identity().verify(rope, signature);
    member.signer().identity().verify(rope, signature);
    assertEquals(
        "The signature is invalid",
        Recorded.refusal(() -> member.signer().identity().verify(large, signature)));
  }

  @Test
  void shouldFindTheBadOnesInABatch() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<TestOrg.Member> members = List.of(org.client(), org.peer());
    List<SignatureCheck> checks = new ArrayList<>();
    BitSet expected = new BitSet();
    for (int i = 0; i < 100; i++) {
      TestOrg.Member member = members.get(i % 2);
      ByteString message = ByteString.copyFromUtf8("m" + i);
      boolean good = random.nextInt(4) != 0;
      ByteString signed = good ? message : ByteString.copyFromUtf8("other");
      checks.add(
          new SignatureCheck(member.signer().identity().key(), message, member.sign(signed)));
      expected.set(i, good);
    }
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      assertEquals(expected, Signatures.standard().verifyAll(checks, executor), "seed " + seed);
    }
    BitSet alone =
        Signatures.standard()
            .verifyAll(
                checks,
                task -> {
                  throw new RejectedExecutionException();
                });
    assertEquals(expected, alone, "seed " + seed);
    assertTrue(Signatures.standard().verifyAll(List.of(), Runnable::run).isEmpty());
  }

  @Test
  void shouldFindKeysByNameAndBySearch(@TempDir Path directory) throws IOException {
    TestOrg.Member wanted = org.peer();
    VerificationKey key = wanted.signer().identity().key();
    KeyDirectory keys = new KeyDirectory(directory);
    assertNull(keys.find(key));
    Files.write(directory.resolve("a_sk"), org.client().credential().keyPem());
    Files.writeString(directory.resolve("b"), "no key");
    assertNull(keys.find(key));
    byte[] pkcs8 = wanted.credential().keys().getPrivate().getEncoded();
    byte[] bare =
        new ECPrivateKey(
                256,
                ECPrivateKey.getInstance(PrivateKeyInfo.getInstance(pkcs8).parsePrivateKey())
                    .getKey(),
                SECObjectIdentifiers.secp256r1)
            .getEncoded();
    Files.write(directory.resolve("bare"), Pem.encode("EC PRIVATE KEY", bare));
    assertNotNull(keys.find(key));
    Files.delete(directory.resolve("bare"));
    Files.write(directory.resolve("c"), wanted.credential().keyPem());
    assertNotNull(keys.find(key));
    Files.delete(directory.resolve("c"));
    String alias = HexFormat.of().formatHex(key.subjectKeyIdentifier());
    Files.write(directory.resolve(alias + "_sk"), Pem.encode("PRIVATE KEY", pkcs8));
    assertNotNull(keys.find(key));
  }

  @Test
  void shouldWritePemInStockForm() {
    byte[] contents = new byte[100];
    String pem = new String(Pem.encode("CERTIFICATE", contents), StandardCharsets.US_ASCII);
    String[] lines = pem.split("\n", -1);
    assertEquals("-----BEGIN CERTIFICATE-----", lines[0]);
    assertEquals(64, lines[1].length());
    assertEquals("-----END CERTIFICATE-----", lines[lines.length - 2]);
    assertEquals("", lines[lines.length - 1]);
    Pem decoded = Pem.decode((pem + "rest").getBytes(StandardCharsets.US_ASCII));
    assertArrayEquals(contents, decoded.bytes());
    assertEquals("rest", new String(decoded.rest(), StandardCharsets.US_ASCII));
    assertFalse(pem.contains("\r"));
  }
}
