package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.state.StateView;

/** Definitions as one block sees them, each looked up once. Owned by one thread. */
final class BlockDefinitions implements DefinitionSource {

  private final DefinitionSource source;
  private final Map<String, Optional<ValidationInfo>> namespaces = new HashMap<>();
  private final Map<CollectionName, Optional<ByteString>> collections = new HashMap<>();

  private record CollectionName(String namespace, String collection) {}

  BlockDefinitions(DefinitionSource source) {
    this.source = source;
  }

  @Override
  public Optional<ValidationInfo> validationInfo(
      String namespace, StateView committed, ChannelConfig config) {
    return namespaces.computeIfAbsent(
        namespace, name -> source.validationInfo(name, committed, config));
  }

  @Override
  public Optional<ByteString> collectionPolicy(
      String namespace, String collection, StateView committed, ChannelConfig config) {
    return collections.computeIfAbsent(
        new CollectionName(namespace, collection),
        name -> source.collectionPolicy(namespace, collection, committed, config));
  }
}
