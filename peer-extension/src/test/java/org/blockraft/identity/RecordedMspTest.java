package org.blockraft.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.msp.MSPConfig;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MSP setup, deserialization, validation and principals against stock's recorded answers. */
final class RecordedMspTest {
  private final List<String> differences = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(strings = {"msps-v2", "msps-v3"})
  void shouldAnswerAsStock(String name) throws Exception {
    for (JsonNode recorded : Recorded.read(name)) {
      check(recorded);
    }
    assertEquals(List.of(), differences);
  }

  private void check(JsonNode recorded) throws InvalidProtocolBufferException {
    String where = recorded.path("version").asText() + " " + recorded.path("name").asText();
    MspVersion version = MspVersion.valueOf(recorded.path("version").asText());
    MSPConfig config =
        MSPConfig.newBuilder().setConfig(Recorded.bytes(recorded.path("config"))).build();
    Msp[] msp = new Msp[1];
    compare(
        where,
        recorded.path("setup").asText(),
        Recorded.refusal(() -> msp[0] = Msp.of(config, version)));
    if (msp[0] == null) {
      return;
    }
    List<MSPPrincipal> principals = new ArrayList<>();
    for (JsonNode principal : recorded.path("principals")) {
      principals.add(MSPPrincipal.parseFrom(Recorded.bytes(principal)));
    }
    for (JsonNode identity : recorded.path("ids")) {
      checkIdentity(where + ", " + identity.path("name").asText(), identity, msp[0], principals);
    }
  }

  private void checkIdentity(
      String where, JsonNode recorded, Msp msp, List<MSPPrincipal> principals) {
    SerializedIdentity serialized =
        SerializedIdentity.newBuilder()
            .setMspid("Org")
            .setIdBytes(ByteString.copyFromUtf8(recorded.path("bytes").asText()))
            .build();
    compare(
        where + " well formed",
        recorded.path("wellFormed").asText(),
        Recorded.refusal(() -> msp.requireWellFormed(serialized)));
    Identity[] identity = new Identity[1];
    compare(
        where + " deserialize",
        recorded.path("deserialize").asText(),
        Recorded.refusal(() -> identity[0] = msp.deserialize(serialized.toByteString())));
    if (identity[0] == null) {
      return;
    }
    Identity found = identity[0];
    compare(where + " id", recorded.path("id").asText(), found.uniqueId());
    compare(
        where + " serialized",
        recorded.path("serialized").asText(),
        HexFormat.of().formatHex(HashFamily.SHA2.digest(found.serialized())));
    compare(
        where + " validate", recorded.path("validate").asText(), Recorded.refusal(found::validate));
    for (int i = 0; i < principals.size(); i++) {
      MSPPrincipal principal = principals.get(i);
      compare(
          where + " principal " + i,
          recorded.path("principals").path(i).asText(),
          Recorded.refusal(() -> found.satisfies(principal)));
    }
    MSPPrincipal own =
        MSPPrincipal.newBuilder()
            .setPrincipalClassification(MSPPrincipal.Classification.IDENTITY)
            .setPrincipal(found.serialized())
            .build();
    compare(
        where + " own",
        recorded.path("own").asText(),
        Recorded.refusal(() -> found.satisfies(own)));
  }

  private void compare(String where, String recorded, String actual) {
    if (!Recorded.same(recorded, actual)) {
      differences.add("%n%s:%n  stock [%s]%n  here  [%s]".formatted(where, recorded, actual));
    }
  }
}
