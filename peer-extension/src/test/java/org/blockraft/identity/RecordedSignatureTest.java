package org.blockraft.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.SignaturePolicy;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.hyperledger.fabric.protos.msp.MSPConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures, certificates bit by bit, and policies against stock's recorded answers. */
final class RecordedSignatureTest {
  @ParameterizedTest
  @ValueSource(strings = {"signatures-v2", "signatures-v3"})
  void shouldVerifyAsStock(String name) {
    JsonNode recorded = Recorded.read(name);
    Msp msp = msp(recorded.path("config"), recorded.path("version").asText());
    List<Identity> identities = new ArrayList<>();
    for (JsonNode pem : recorded.path("identities")) {
      identities.add(msp.deserializeCertificate(ByteString.copyFromUtf8(pem.asText())));
    }
    ByteString message = ByteString.copyFromUtf8(recorded.path("message").asText());
    List<String> differences = new ArrayList<>();
    List<SignatureCheck> batch = new ArrayList<>();
    BitSet expected = new BitSet();
    for (JsonNode entry : recorded.path("signatures")) {
      Identity identity = identities.get(entry.path("identity").asInt());
      ByteString signature =
          ByteString.copyFrom(HexFormat.of().parseHex(entry.path("signature").asText()));
      String stock = entry.path("verify").asText();
      String here = Recorded.refusal(() -> identity.verify(message, signature));
      // The two versions say different things of RSA keys, and ours a third.
      boolean rsa = here.contains("Unsupported 'VerifyKey' provided [RSA]");
      boolean same = rsa ? stock.contains("could not determine") : Recorded.same(stock, here);
      if (!same) {
        differences.add(
            "%n%s of key %s:%n  stock [%s]%n  here  [%s]"
                .formatted(
                    entry.path("name").asText(), entry.path("identity").asText(), stock, here));
      }
      expected.set(batch.size(), stock.isEmpty());
      batch.add(new SignatureCheck(identity.key(), message, signature));
    }
    assertEquals(List.of(), differences);
    assertEquals(expected, Signatures.standard().verifyAll(batch));
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      assertEquals(expected, Signatures.standard().verifyAll(batch, executor));
    }
  }

  @Test
  void shouldParseMutatedCertificatesAsStock() {
    JsonNode recorded = Recorded.read("parsing-v2");
    CertificateParser parser = new CertificateParser(Signatures.standard().providers());
    List<String> differences = new ArrayList<>();
    for (JsonNode certificate : recorded.path("certificates")) {
      byte[] der = Recorded.bytes(certificate.path("der")).toByteArray();
      parser.parse(der);
      for (String mutation : certificate.path("mutations").asText().split(" ")) {
        String[] fields = mutation.split(",");
        byte[] mutated = mutate(der, fields);
        String stock = recorded.path("texts").path(Integer.parseInt(fields[3])).asText();
        String here = Recorded.refusal(() -> parser.parse(mutated));
        if (!Recorded.same(stock, here)) {
          differences.add("%n%s: stock [%s] here [%s]".formatted(mutation, stock, here));
        }
      }
    }
    assertEquals(List.of(), differences);
  }

  /** Fields: 0 to change, 1 to remove, 2 to insert; position; value. */
  private static byte[] mutate(byte[] der, String[] fields) {
    int position = Integer.parseInt(fields[1]);
    byte value = (byte) Integer.parseInt(fields[2]);
    byte[] mutated;
    switch (fields[0]) {
      case "0" -> {
        mutated = der.clone();
        mutated[position] ^= value;
      }
      case "1" -> {
        mutated = new byte[der.length - 1];
        System.arraycopy(der, 0, mutated, 0, position);
        System.arraycopy(der, position + 1, mutated, position, mutated.length - position);
      }
      default -> {
        mutated = new byte[der.length + 1];
        System.arraycopy(der, 0, mutated, 0, position);
        mutated[position] = value;
        System.arraycopy(der, position, mutated, position + 1, der.length - position);
      }
    }
    return mutated;
  }

  @Test
  void shouldEvaluatePoliciesAsStock() throws InvalidProtocolBufferException {
    JsonNode recorded = Recorded.read("policies-v2");
    List<Msp> msps = new ArrayList<>();
    for (JsonNode config : recorded.path("configs")) {
      msps.add(msp(config, recorded.path("version").asText()));
    }
    MspManager manager = MspManager.of(msps);
    List<SignedData> signers = new ArrayList<>();
    for (JsonNode signer : recorded.path("signers")) {
      signers.add(
          new SignedData(
              ByteString.copyFromUtf8(signer.path("data").asText()),
              Recorded.bytes(signer.path("identity")),
              Recorded.bytes(signer.path("signature"))));
    }
    SignaturePolicyEnvelope.Builder envelope = SignaturePolicyEnvelope.newBuilder();
    for (JsonNode principal : recorded.path("principals")) {
      envelope.addIdentities(MSPPrincipal.parseFrom(Recorded.bytes(principal)));
    }
    List<List<SignedData>> sets = new ArrayList<>();
    List<Policy> policies = new ArrayList<>();
    List<Boolean> verdicts = new ArrayList<>();
    for (JsonNode vector : recorded.path("vectors")) {
      String[] fields = vector.asText().split(" ", -1);
      envelope.setRule(SignaturePolicy.parseFrom(Base64.getDecoder().decode(fields[0])));
      policies.add(SignaturePolicies.compile(envelope.build(), manager));
      List<SignedData> set = new ArrayList<>();
      for (String index : fields[1].isEmpty() ? new String[0] : fields[1].split(",")) {
        set.add(signers.get(Integer.parseInt(index)));
      }
      sets.add(set);
      verdicts.add(fields[2].equals("1"));
    }
    List<List<Identity>> valid =
        SignaturePolicies.validIdentitiesOfAll(sets, manager, Runnable::run);
    for (int i = 0; i < policies.size(); i++) {
      Policy policy = policies.get(i);
      List<SignedData> set = sets.get(i);
      String expected = verdicts.get(i) ? "" : "signature set did not satisfy policy";
      assertEquals(expected, Recorded.refusal(() -> policy.evaluateSignedData(set)));
      assertEquals(verdicts.get(i), policy.isSatisfiedBy(valid.get(i)), "vector " + i);
    }
  }

  private static Msp msp(JsonNode config, String version) {
    return Msp.of(
        MSPConfig.newBuilder().setConfig(Recorded.bytes(config)).build(),
        MspVersion.valueOf(version));
  }
}
