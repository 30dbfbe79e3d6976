package org.blockraft.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.blockraft.simulation.RecordedSimulationsTest.bytes;
import static org.blockraft.simulation.RecordedSimulationsTest.text;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.blockraft.state.StateView;
import org.hyperledger.fabric.protos.ledger.queryresult.KV;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;

/** Does the steps of one recorded simulation and prints each answer as the recording does. */
final class SimulationReplay {

  private static final Map<String, List<String>> COLLECTIONS =
      Map.of("cc", List.of("c1", "c2"), "cc2", List.of("c1"));

  private final TransactionSimulator simulator;

  SimulationReplay(StateView state) {
    this.simulator =
        new TransactionSimulator(
            state, "tx1", SimulationSettings.DEFAULTS, SimulationReplay::collections, null);
  }

  String answer(String[] words) {
    try {
      return words[0].equals("result") ? result() : step(words);
    } catch (SimulationException refused) {
      return "error " + refused.getMessage();
    }
  }

  private String step(String[] words) {
    String namespace = text(words[1]);
    return switch (words[0]) {
      case "get" -> hex(simulator.getState(namespace, text(words[2])));
      case "set" -> {
        simulator.setState(namespace, text(words[2]), bytes(words[3]));
        yield "ok";
      }
      case "getmeta" -> metadata(simulator.getStateMetadata(namespace, text(words[2])));
      case "setmeta" -> {
        simulator.setStateMetadata(namespace, text(words[2]), metadata(words[3]));
        yield "ok";
      }
      case "multi" ->
          hex(simulator.getStateMultipleKeys(namespace, List.of(text(words[2]), text(words[3]))));
      case "range" -> range(namespace, words);
      case "query" -> rows(simulator.executeQuery(namespace, "{}"), 0);
      case "pagequery" -> rows(simulator.executeQueryPaginated(namespace, "{}", "", 3), 0);
      default -> privateStep(namespace, text(words[2]), words);
    };
  }

  private String privateStep(String namespace, String collection, String[] words) {
    String key = words.length > 3 ? text(words[3]) : "";
    return switch (words[0]) {
      case "pget" -> hex(simulator.getPrivateData(namespace, collection, key));
      case "phash" -> hex(simulator.getPrivateDataHash(namespace, collection, key));
      case "pgetmeta" -> metadata(simulator.getPrivateDataMetadata(namespace, collection, key));
      case "pset" -> {
        simulator.setPrivateData(namespace, collection, key, bytes(words[4]));
        yield "ok";
      }
      case "purge" -> {
        simulator.purgePrivateData(namespace, collection, key);
        yield "ok";
      }
      case "psetmeta" -> {
        simulator.setPrivateDataMetadata(namespace, collection, key, metadata(words[4]));
        yield "ok";
      }
      case "pmulti" ->
          hex(
              simulator.getPrivateDataMultipleKeys(
                  namespace, collection, List.of(key, text(words[4]))));
      case "prange" ->
          rows(simulator.getPrivateDataRange(namespace, collection, key, text(words[4])), 100);
      case "pquery" -> rows(simulator.executePrivateDataQuery(namespace, collection, "{}"), 0);
      case "pmetahash" ->
          metadata(simulator.getPrivateDataMetadataByHash(namespace, collection, new byte[32]));
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  private String range(String namespace, String[] words) {
    int pageSize = Integer.parseInt(words[4]);
    RangeResults results =
        pageSize == 0
            ? simulator.getStateRange(namespace, text(words[2]), text(words[3]))
            : simulator.getStateRangePaginated(namespace, text(words[2]), text(words[3]), pageSize);
    String fetched = rows(results, Integer.parseInt(words[5]));
    return fetched + " " + hex(results.bookmarkAndClose().getBytes(UTF_8));
  }

  private static String rows(RangeResults results, int limit) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int fetched = 0;
    while (fetched < limit) {
      KV row = results.next();
      if (row == null) {
        break;
      }
      all.writeBytes((row.getNamespace() + "|" + row.getKey() + "=").getBytes(UTF_8));
      all.writeBytes(row.getValue().toByteArray());
      fetched++;
    }
    return fetched + " " + digest(all.toByteArray());
  }

  private String result() {
    SimulationResult result = simulator.result();
    List<String> facts = new ArrayList<>();
    for (CollectionName read : result.facts().privateReads()) {
      facts.add("read " + read.namespace() + " " + read.collection());
    }
    for (WrittenKey written : result.facts().writtenKeys()) {
      facts.add(
          String.join(
              " ",
              "written",
              written.namespace(),
              written.collection(),
              hex(written.key().getBytes(UTF_8)),
              metadata(written.metadata())));
    }
    Collections.sort(facts);
    simulator.close();
    return digest(result.publicRwset().toByteArray())
        + " "
        + (result.privateRwset() == null ? "-" : digest(result.privateRwset().toByteArray()))
        + " "
        + digest(String.join("\n", facts).getBytes(UTF_8));
  }

  private static Optional<CollectionConfigPackage> collections(
      String namespace, TransactionSimulator reads) {
    if (!COLLECTIONS.containsKey(namespace)) {
      return Optional.empty();
    }
    CollectionConfigPackage.Builder all = CollectionConfigPackage.newBuilder();
    for (String name : COLLECTIONS.get(namespace)) {
      all.addConfig(
          CollectionConfig.newBuilder()
              .setStaticCollectionConfig(StaticCollectionConfig.newBuilder().setName(name)));
    }
    return Optional.of(all.build());
  }

  private static Map<String, byte[]> metadata(String word) {
    int equals = word.indexOf('=');
    return equals < 0
        ? Map.of()
        : Map.of(word.substring(0, equals), HexFormat.of().parseHex(word.substring(equals + 1)));
  }

  private static String metadata(Map<String, byte[]> metadata) {
    StringBuilder text = new StringBuilder("{");
    metadata.forEach(
        (name, value) ->
            text.append(name).append('=').append(HexFormat.of().formatHex(value)).append(';'));
    return text.append('}').toString();
  }

  private static String hex(List<byte[]> values) {
    StringBuilder text = new StringBuilder();
    values.forEach(value -> text.append(hex(value)).append(','));
    return text.toString();
  }

  private static String hex(byte[] value) {
    return value == null || value.length == 0 ? "-" : HexFormat.of().formatHex(value);
  }

  private static String digest(byte[] bytes) {
    return bytes.length + "/" + HexFormat.of().formatHex(Sha256.of(bytes), 0, 8);
  }
}
