package org.blockraft.lifecycle;

/** The name of an approval in an implicit collection, {@code chaincode#sequence}. */
record ApprovalName(String chaincode, long sequence) {

  static ApprovalName parse(String privateName) {
    String[] parts = privateName.split("#", -1);
    if (parts.length != 2) {
      throw failed(privateName, "invalid private name format: " + privateName);
    }
    try {
      return new ApprovalName(parts[0], Long.parseLong(parts[1]));
    } catch (NumberFormatException e) {
      throw failed(privateName, "invalid sequence number: " + parts[1]);
    }
  }

  private static LifecycleException failed(String privateName, String cause) {
    return new LifecycleException(
        "could not extract chaincode name and sequence number from metadata: "
            + privateName
            + ": "
            + cause);
  }
}
