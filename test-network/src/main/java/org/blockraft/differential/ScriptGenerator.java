package org.blockraft.differential;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.json.JSONArray;

/**
 * Makes random scripts for the probe chaincode, over few keys so that transactions meet. The same
 * seed gives the same scripts.
 *
 * <p>Keys that may be deleted get a policy only together with a value: a stock peer's process ends
 * over a key that one transaction of a block deletes and a later one gives a policy alone.
 */
final class ScriptGenerator {
  private static final int KEYS = 60;
  private static final int STEADY_KEYS = 5;
  private static final int PRIVATE_KEYS = 20;
  private static final int OPERATIONS_MAX = 6;
  private static final int LARGE_VALUE_BYTES = 5000;
  private static final String[] ATTRIBUTES = {"a", "b", "\uD83D\uDE00", "\u00e9", "", "\uFFFD z"};

  /** Collections that a peer of Org1 may read and write. */
  private static final String[] COLLECTIONS = {
    "shared", "brief", "mine", "_implicit_org_Org1MSP", "_implicit_org_Org2MSP"
  };

  private final Random random;

  ScriptGenerator(long seed) {
    this.random = new Random(seed);
  }

  /** Arguments of one call of the probe, after the function's name. */
  record Script(List<String> operations, Map<String, ByteString> transients) {
    /** Scripts that touch private data need the peers that hold it. */
    boolean privateData() {
      return operations.stream().anyMatch(o -> o.contains("private"));
    }

    /**
     * Whether it may change key-level policies. A stock peer that meets such a transaction again,
     * or finds it bad before it looks at policies, waits for ever at the next use of the key in the
     * same block.
     */
    boolean changesPolicies() {
      return operations.stream()
          .anyMatch(o -> o.contains("etPolicy\"") || o.contains("clearPolicy"));
    }

    boolean onlyOrg1() {
      return operations.stream().anyMatch(o -> o.contains("\"mine\""));
    }
  }

  Script next(boolean privateData) {
    List<String> operations = new ArrayList<>();
    Map<String, ByteString> transients = new LinkedHashMap<>();
    int count = 1 + random.nextInt(OPERATIONS_MAX);
    boolean confidential = privateData && random.nextInt(6) == 0;
    for (int i = 0; i < count; i++) {
      if (confidential) {
        operations.add(confidential(transients).toString());
      } else if (random.nextInt(12) == 0) {
        policy().forEach(o -> operations.add(o.toString()));
      } else {
        operations.add(open().toString());
      }
    }
    return new Script(operations, transients);
  }

  private String key() {
    return "k%02d".formatted(random.nextInt(KEYS));
  }

  private String value() {
    return "v" + random.nextInt(1000);
  }

  private JSONArray open() {
    int choice = random.nextInt(100);
    if (choice < 20) {
      return op("get", key());
    } else if (choice < 45) {
      return op("put", key(), value());
    } else if (choice < 53) {
      return op("del", key());
    } else if (choice < 70) {
      return query();
    } else if (choice < 80) {
      return composite();
    } else if (choice < 85) {
      return random.nextBoolean() ? op("getPolicy", key()) : op("put", steady(), value());
    }
    return other();
  }

  /** A key that is never deleted. */
  private String steady() {
    return "k9" + random.nextInt(STEADY_KEYS);
  }

  private JSONArray query() {
    String from = random.nextInt(6) == 0 ? "" : key();
    String to = random.nextInt(6) == 0 ? "" : key();
    return switch (random.nextInt(6)) {
      case 0 -> op("page", from, to, 1 + random.nextInt(8), random.nextInt(3) == 0 ? key() : "");
      case 1 -> op("rangeOpen", from, to, random.nextInt(5));
      case 2 -> op("range", from, to, random.nextInt(5));
      case 3 -> op("history", key(), 1 + random.nextInt(5));
      case 4 -> op("range", "k1", "k2", 1000);
      default -> op("range", from, to, 1000);
    };
  }

  private JSONArray composite() {
    String first = ATTRIBUTES[random.nextInt(ATTRIBUTES.length)];
    String second = ATTRIBUTES[random.nextInt(ATTRIBUTES.length)];
    return switch (random.nextInt(6)) {
      case 0, 1 -> op("putComposite", value(), "asset", first, second);
      case 2 -> op("delComposite", "asset", first, second);
      case 3 -> op("composite", 1000, "asset", first);
      case 4 -> op("compositePage", 1 + random.nextInt(4), "", "asset");
      default -> op("getComposite", "asset", first, second);
    };
  }

  private List<JSONArray> policy() {
    boolean deletable = random.nextBoolean();
    String key = deletable ? key() : steady();
    JSONArray set =
        switch (random.nextInt(4)) {
          case 0 -> op("setPolicy", key, "Org1MSP");
          case 1 -> op("setPolicy", key, "Org1MSP", "Org2MSP");
          case 2 -> op("setPolicy", key, "Org2MSP");
          default -> op("clearPolicy", key);
        };
    return deletable ? List.of(op("put", key, value()), set) : List.of(set);
  }

  private JSONArray other() {
    return switch (random.nextInt(8)) {
      case 0 -> op("event", "event" + random.nextInt(3), value());
      case 1 -> op("about");
      case 2 -> op("putBytes", key(), random.nextInt(LARGE_VALUE_BYTES));
      case 3 -> op("try", op("call", "other", "", "run", op("get", key()).toString()));
      case 4 ->
          op(
              "try",
              op(
                  "call",
                  "other",
                  "",
                  "run",
                  op("put", key(), value()).toString(),
                  op("event", "inner", "x").toString()));
      case 5 -> op("answer", 200 + random.nextInt(3) * 100, "message", value());
      case 6 -> op("put", "\uD83D\uDE00" + random.nextInt(3), value());
      default -> op("put", "\uFFEE" + random.nextInt(3), value());
    };
  }

  private JSONArray confidential(Map<String, ByteString> transients) {
    String collection = COLLECTIONS[random.nextInt(COLLECTIONS.length)];
    String key = "p" + random.nextInt(PRIVATE_KEYS);
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> op("privatePut", collection, key, value());
      case 3 -> {
        transients.put("secret", ByteString.copyFromUtf8(value()));
        yield op("privatePutTransient", collection, key, "secret");
      }
      case 4 -> op("privateDel", collection, key);
      case 5 -> op("try", op("privateGet", collection, key));
      case 6 -> op("privateHash", collection, key);
      case 7 -> op("try", op("privateRange", collection, "p1", "p3"));
      case 8 -> op("privatePurge", collection, key);
      case 9 ->
          op(
              "privateSetPolicy",
              collection,
              "steady",
              random.nextBoolean() ? "Org1MSP" : "Org2MSP");
      case 11 -> op("privatePut", collection, "steady", value());
      default -> op("privateGetPolicy", collection, key);
    };
  }

  static JSONArray op(Object... parts) {
    JSONArray array = new JSONArray();
    for (Object part : parts) {
      array.put(part);
    }
    return array;
  }
}
