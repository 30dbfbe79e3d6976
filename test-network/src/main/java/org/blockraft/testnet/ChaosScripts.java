package org.blockraft.testnet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What one client of a long run does: scripts for the probe chaincode that follow from a seed. Some
 * work on keys of its own and must be valid, some on keys of all and may conflict.
 */
final class ChaosScripts {
  /** The event that each transaction sets. */
  static final String EVENT = "chaos";

  /** Private data that only our organization has, so that it is on our nodes alone. */
  static final String COLLECTION = "_implicit_org_Org1MSP";

  private static final int OWN_KEYS = 20;
  private static final int SHARED_KEYS = 24;
  private static final int LARGE_BYTES_MAX = 8000;
  private static final int ALL = 1000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String client;
  private final Random random;
  private int count;

  /**
   * @param client a name that no other client has
   */
  ChaosScripts(String client, long seed) {
    this.client = client;
    this.random = new Random(seed);
  }

  /**
   * One transaction.
   *
   * @param conflicts whether another client may make it invalid
   * @param privateKey that it writes, and no other transaction does; may be empty
   */
  record Script(
      List<String> operations,
      Map<String, byte[]> transients,
      boolean conflicts,
      String privateKey) {
    String[] arguments() {
      return operations.toArray(new String[0]);
    }
  }

  Script next() {
    count++;
    int choice = random.nextInt(100);
    if (choice < 35) {
      return open(false, op("put", own(), client + " " + count));
    } else if (choice < 42) {
      return open(false, op("putBytes", own(), random.nextInt(LARGE_BYTES_MAX)));
    } else if (choice < 49) {
      return open(false, op("del", own()), op("put", own(), "after " + count));
    } else if (choice < 62) {
      String key = shared();
      return open(true, op("get", key), op("put", key, client + " " + count));
    } else if (choice < 70) {
      return open(true, op("range", shared(), "s~", ALL), op("put", shared(), "range " + count));
    } else if (choice < 76) {
      String key = shared();
      return open(true, op("get", key), op("del", key));
    } else if (choice < 80) {
      return open(true, op("composite", ALL, "asset", "a"), op("putComposite", "v", "asset", "a"));
    } else if (choice < 92) {
      return confidential();
    }
    return sharedPrivate();
  }

  /** One for clients that submit nothing. */
  Script plain() {
    count++;
    return open(false, op("get", own()), op("put", own(), client + " " + count));
  }

  private Script open(boolean conflicts, String... operations) {
    return new Script(withEvent(operations), Map.of(), conflicts, "");
  }

  private Script confidential() {
    String key = client + "-" + count;
    return new Script(
        withEvent(op("privatePutTransient", COLLECTION, key, "secret")),
        Map.of("secret", ("secret of " + key).getBytes(StandardCharsets.UTF_8)),
        false,
        key);
  }

  private Script sharedPrivate() {
    String key = "shared" + random.nextInt(SHARED_KEYS);
    String change =
        random.nextInt(4) == 0
            ? op("privateDel", COLLECTION, key)
            : op("privatePutTransient", COLLECTION, key, "secret");
    return new Script(
        withEvent(op("privateHash", COLLECTION, key), change),
        Map.of("secret", (client + " " + count).getBytes(StandardCharsets.UTF_8)),
        true,
        "");
  }

  private List<String> withEvent(String... operations) {
    List<String> all = new ArrayList<>(Arrays.asList(operations));
    all.add(op("event", EVENT, client + " " + count));
    return all;
  }

  private String own() {
    return "o-" + client + "-" + random.nextInt(OWN_KEYS);
  }

  private String shared() {
    return "s%02d".formatted(random.nextInt(SHARED_KEYS));
  }

  /** An operation as the chaincode reads it. */
  static String op(Object... parts) {
    try {
      return JSON.writeValueAsString(parts);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
