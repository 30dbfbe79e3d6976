package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.util.Optional;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.state.StateView;

/**
 * Chaincode definitions as committed in a state. Safe for use by many threads. An answer that
 * cannot be given (as opposed to "there is none") is an exception and stops the channel.
 *
 * <p>Fabric: core/committer/txvalidator/v20/plugindispatcher LifecycleResources and
 * CollectionResources.
 */
public interface DefinitionSource {

  /**
   * How transactions that write to a namespace are validated.
   *
   * @return absent if the namespace is not defined
   */
  Optional<ValidationInfo> validationInfo(
      String namespace, StateView committed, ChannelConfig config);

  /**
   * The endorsement policy of a collection, explicit or implicit.
   *
   * @return absent if there is no such collection; empty bytes if it has no policy of its own and
   *     the chaincode's holds
   */
  Optional<ByteString> collectionPolicy(
      String namespace, String collection, StateView committed, ChannelConfig config);

  /**
   * Plugin and policy of a namespace.
   *
   * @param plugin the validation plugin's name, "vscc" for the built-in one
   * @param policy a serialized {@code ApplicationPolicy} for the built-in plugin
   */
  record ValidationInfo(String plugin, ByteString policy) {}
}
