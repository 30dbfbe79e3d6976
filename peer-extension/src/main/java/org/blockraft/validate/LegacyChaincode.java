package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.blockraft.state.StateView;
import org.blockraft.state.VersionedValue;

/**
 * A chaincode as instantiated by the lifecycle before Fabric 2.0: the value under its name in the
 * namespace "lscc". Its policies stay as they came, since whether they parse matters only to
 * whoever evaluates them.
 *
 * <p>Fabric: core/common/ccprovider/ccprovider.go ChaincodeData.
 *
 * @param policy serialized {@code SignaturePolicyEnvelope}; empty if there is none
 * @param instantiationPolicy likewise, for whoever deploys or upgrades it
 */
record LegacyChaincode(
    String name, String version, String vscc, ByteString policy, ByteString instantiationPolicy) {

  static final String NAMESPACE = "lscc";
  private static final String COLLECTIONS_SUFFIX = "~collection";

  /** The key of a chaincode's collections in the namespace. */
  static String collectionsKey(String chaincode) {
    return chaincode + COLLECTIONS_SUFFIX;
  }

  /**
   * The chaincode committed in a state.
   *
   * @throws MalformedMessageException if there is one, but not readable
   */
  static Optional<LegacyChaincode> find(String name, StateView committed) {
    return value(name, committed).map(LegacyChaincode::parse);
  }

  /** The value of a key of the namespace. */
  static Optional<byte[]> value(String key, StateView committed) {
    VersionedValue value = committed.get(NAMESPACE, key.getBytes(StandardCharsets.UTF_8));
    return Optional.ofNullable(value).map(VersionedValue::value);
  }

  /**
   * Parses a serialized {@code ChaincodeData}.
   *
   * @throws MalformedMessageException if it is malformed
   */
  static LegacyChaincode parse(byte[] bytes) {
    String name = "";
    String version = "";
    String vscc = "";
    ByteString policy = ByteString.EMPTY;
    ByteString instantiationPolicy = ByteString.EMPTY;
    WireReader reader = new WireReader(bytes);
    while (reader.next()) {
      switch (reader.field(WireReader.BYTES)) {
        case 1 -> name = reader.string();
        case 2 -> version = reader.string();
        case 3 -> reader.utf8();
        case 4 -> vscc = reader.string();
        case 5 -> policy = reader.shared();
        case 8 -> instantiationPolicy = reader.shared();
        default -> reader.skip();
      }
    }
    return new LegacyChaincode(name, version, vscc, policy, instantiationPolicy);
  }
}
