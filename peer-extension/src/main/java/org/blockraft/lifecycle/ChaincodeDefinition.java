package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.List;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeEndorsementInfo;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeValidationInfo;

/**
 * What a channel agreed on for a chaincode name at a sequence. Sequences start at 1 and grow by 1.
 *
 * <p>Fabric source: core/chaincode/lifecycle/lifecycle.go.
 */
public record ChaincodeDefinition(
    long sequence,
    ChaincodeEndorsementInfo endorsementInfo,
    ChaincodeValidationInfo validationInfo,
    CollectionConfigPackage collections) {

  static final String DEFINITION_TYPE = "ChaincodeDefinition";
  static final String PARAMETERS_TYPE = "ChaincodeParameters";
  static final String LOCAL_PACKAGE_TYPE = "ChaincodeLocalPackage";
  static final String SEQUENCE = "Sequence";
  static final String ENDORSEMENT_INFO = "EndorsementInfo";
  static final String VALIDATION_INFO = "ValidationInfo";
  static final String COLLECTIONS = "Collections";
  static final String PACKAGE_ID = "PackageID";

  public String version() {
    return endorsementInfo.getVersion();
  }

  /** The form in which a committed definition stands in public state. */
  StructuredValue asDefinition() {
    return new StructuredValue(
        DEFINITION_TYPE,
        List.of(
            StructuredValue.Field.of(SEQUENCE, sequence),
            StructuredValue.Field.of(ENDORSEMENT_INFO, endorsementInfo.toByteString()),
            StructuredValue.Field.of(VALIDATION_INFO, validationInfo.toByteString()),
            StructuredValue.Field.of(COLLECTIONS, collections.toByteString())));
  }

  /** The form in which an organization's approval stands in its implicit collection. */
  StructuredValue asParameters() {
    return new StructuredValue(
        PARAMETERS_TYPE,
        List.of(
            StructuredValue.Field.of(ENDORSEMENT_INFO, endorsementInfo.toByteString()),
            StructuredValue.Field.of(VALIDATION_INFO, validationInfo.toByteString()),
            StructuredValue.Field.of(COLLECTIONS, collections.toByteString())));
  }

  /** The name of an approval of {@code chaincode} at {@code sequence}. */
  static String privateName(String chaincode, long sequence) {
    return chaincode + "#" + sequence;
  }

  /** Throws with the first difference to {@code passed}, the sequence left aside. */
  void requireSameParameters(ChaincodeDefinition passed) {
    requireEqual("Version", version(), passed.version());
    requireEqual(
        "EndorsementPlugin",
        endorsementInfo.getEndorsementPlugin(),
        passed.endorsementInfo.getEndorsementPlugin());
    requireEqual(
        "InitRequired",
        Boolean.toString(endorsementInfo.getInitRequired()),
        Boolean.toString(passed.endorsementInfo.getInitRequired()));
    requireEqual(
        "ValidationPlugin",
        validationInfo.getValidationPlugin(),
        passed.validationInfo.getValidationPlugin());
    requireEqual(
        "ValidationParameter",
        hex(validationInfo.getValidationParameter()),
        hex(passed.validationInfo.getValidationParameter()));
    if (!collections.equals(passed.collections)) {
      throw new LifecycleException("Collections do not match");
    }
  }

  boolean sameParameters(ChaincodeDefinition other) {
    return version().equals(other.version())
        && endorsementInfo
            .getEndorsementPlugin()
            .equals(other.endorsementInfo.getEndorsementPlugin())
        && endorsementInfo.getInitRequired() == other.endorsementInfo.getInitRequired()
        && validationInfo.getValidationPlugin().equals(other.validationInfo.getValidationPlugin())
        && validationInfo
            .getValidationParameter()
            .equals(other.validationInfo.getValidationParameter())
        && collections.equals(other.collections);
  }

  private static void requireEqual(String what, String expected, String passed) {
    if (!expected.equals(passed)) {
      throw new LifecycleException(
          "expected %s '%s' does not match passed %s '%s'".formatted(what, expected, what, passed));
    }
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
