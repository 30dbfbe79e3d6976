package org.blockraft.identity;

import java.util.Set;

/**
 * The capabilities that the Application group requires, and what follows from them.
 *
 * <p>Fabric: common/capabilities/application.go.
 *
 * @param names the required capabilities, for example {@code V2_5}
 */
public record ApplicationCapabilities(Set<String> names) {
  private static final String PRIVATE_DATA_EXPERIMENT = "V1_1_PVTDATA_EXPERIMENTAL";
  private static final Set<String> KNOWN =
      Set.of(
          "V1_1",
          "V1_2",
          "V1_3",
          "V1_4_2",
          "V2_0",
          "V2_5",
          PRIVATE_DATA_EXPERIMENT,
          "V1_1_RESOURCETREE_EXPERIMENTAL");

  public ApplicationCapabilities {
    names = Set.copyOf(names);
  }

  /**
   * Checks that this peer has them all.
   *
   * @throws ConfigException with the name of one that it does not have
   */
  public void requireSupported() {
    requireKnown("Application", names, KNOWN);
  }

  static void requireKnown(String group, Set<String> required, Set<String> known) {
    for (String name : required) {
      if (!known.contains(name)) {
        throw new ConfigException(
            "%s capability %s is required but not supported".formatted(group, name));
      }
    }
  }

  /** Whether the configuration may override access control defaults. */
  public boolean acls() {
    return v12();
  }

  /** Whether the second of two transactions of one block with the same id is invalid. */
  public boolean forbidDuplicateTransactionIdInBlock() {
    return has("V1_1") || v12();
  }

  /** Whether collections may be used. */
  public boolean privateChannelData() {
    return has(PRIVATE_DATA_EXPERIMENT) || v12();
  }

  /** Whether an upgrade may change collections. */
  public boolean collectionUpgrade() {
    return v12();
  }

  /** Whether keys may carry their own endorsement policy. */
  public boolean keyLevelEndorsement() {
    return v13();
  }

  /** Whether private data of invalid transactions is stored. */
  public boolean storePrivateDataOfInvalidTransactions() {
    return has("V1_4_2") || v20();
  }

  /** Whether transactions are validated by the rules of Fabric 2.0 (definitions per channel). */
  public boolean v20Validation() {
    return v20();
  }

  /** Whether endorsement resolves chaincodes by the lifecycle of Fabric 2.0. */
  public boolean lifecycleV20() {
    return v20();
  }

  /** Whether private data may be purged. */
  public boolean purgePrivateData() {
    return has("V2_5");
  }

  private boolean v12() {
    return has("V1_2") || v13();
  }

  private boolean v13() {
    return has("V1_3") || has("V1_4_2") || v20();
  }

  private boolean v20() {
    return has("V2_0") || has("V2_5");
  }

  private boolean has(String capability) {
    return names.contains(capability);
  }
}
