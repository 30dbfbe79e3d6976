package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.util.Optional;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.state.StateView;

/**
 * Definitions of channels below capability V2_0. Their policies are bare signature policies, and a
 * collection has none of its own. Stateless.
 *
 * <p>Fabric: core/committer/txvalidator/v14/vscc_validator.go getCDataForCC.
 */
final class LegacyDefinitionSource implements DefinitionSource {

  @Override
  public Optional<ValidationInfo> validationInfo(
      String namespace, StateView committed, ChannelConfig config) {
    return LegacyChaincode.find(namespace, committed)
        .map(chaincode -> new ValidationInfo(chaincode.vscc(), chaincode.policy()));
  }

  @Override
  public Optional<ByteString> collectionPolicy(
      String namespace, String collection, StateView committed, ChannelConfig config) {
    return Optional.of(ByteString.EMPTY);
  }
}
