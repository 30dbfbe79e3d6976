package org.blockraft.validate;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.blockraft.state.StateView;
import org.blockraft.validate.KeyReadWrites.KeyWrite;
import org.hyperledger.fabric.protos.common.SignaturePolicy;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;

/**
 * The collections that a deployment or upgrade of the old lifecycle brings: what is written is what
 * was asked for, each is meaningful, and none of the existing ones vanishes or lives differently.
 *
 * <p>Fabric: core/handlers/validation/builtin/v13/lscc_validation_logic.go
 * validateRWSetAndCollection.
 */
final class LsccCollections {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

  private final String chaincode;
  private final List<KeyWrite> writes;
  private final StateView committed;

  /**
   * Takes the parts of one transaction.
   *
   * @param writes to the namespace {@code lscc}
   */
  LsccCollections(String chaincode, List<KeyWrite> writes, StateView committed) {
    this.chaincode = chaincode;
    this.writes = writes;
    this.committed = committed;
  }

  /**
   * Why the transaction is not valid; absent if it is.
   *
   * @param argument the collections asked for, a serialized {@code CollectionConfigPackage}
   * @throws ValidationException if what is committed cannot be read, which stops the channel
   */
  Optional<String> failure(Optional<ByteString> argument, boolean deploy) {
    if (writes.size() > 2) {
      return Optional.of("LSCC can only issue one or two putState upon deploy");
    }
    String key = LegacyChaincode.collectionsKey(chaincode);
    ByteString written = ByteString.EMPTY;
    if (writes.size() == 2) {
      String found = new String(writes.get(1).key(), StandardCharsets.UTF_8);
      if (!found.equals(key)) {
        return Optional.of(
            "invalid key for the collection of chaincode %s; expected '%s', received '%s'"
                .formatted(chaincode, key, found));
      }
      written = ByteString.copyFrom(writes.get(1).value());
    }
    if (!written.equals(argument.orElse(ByteString.EMPTY))) {
      return Optional.of(
          "collection configuration arguments supplied for chaincode %s do not match the"
                  .formatted(chaincode)
              + " configuration in the lscc writeset");
    }
    Optional<CollectionConfigPackage> existing = existing(key);
    if (deploy && existing.isPresent()) {
      return Optional.of("collection data should not exist for chaincode " + chaincode);
    }
    return argument.isEmpty() ? Optional.empty() : ofPackage(argument.get(), existing);
  }

  private Optional<CollectionConfigPackage> existing(String key) {
    Optional<byte[]> value = LegacyChaincode.value(key, committed);
    try {
      return value.isEmpty()
          ? Optional.empty()
          : Optional.of(CollectionConfigPackage.parseFrom(value.get()));
    } catch (InvalidProtocolBufferException e) {
      throw new ValidationException(
          "unable to check whether collection existed earlier for chaincode " + chaincode, e);
    }
  }

  private Optional<String> ofPackage(
      ByteString argument, Optional<CollectionConfigPackage> existing) {
    CollectionConfigPackage asked;
    try {
      asked = CollectionConfigPackage.parseFrom(argument);
    } catch (InvalidProtocolBufferException e) {
      return Optional.of("invalid collection configuration supplied for chaincode " + chaincode);
    }
    Map<String, StaticCollectionConfig> collections = new HashMap<>();
    for (CollectionConfig config : asked.getConfigList()) {
      StaticCollectionConfig collection = config.getStaticCollectionConfig();
      Optional<String> failure = ofCollection(config);
      if (failure.isEmpty() && collections.put(collection.getName(), collection) != null) {
        failure = Optional.of("found duplicate collection configuration");
      }
      if (failure.isPresent()) {
        return failure.map(
            text -> "collection-name: %s -- %s".formatted(collection.getName(), text));
      }
    }
    return existing.flatMap(old -> afterExisting(old, collections));
  }

  private static Optional<String> ofCollection(CollectionConfig config) {
    if (!config.hasStaticCollectionConfig()) {
      return Optional.of("unknown collection configuration type");
    }
    StaticCollectionConfig collection = config.getStaticCollectionConfig();
    if (!NAME.matcher(collection.getName()).matches()) {
      return Optional.of("not allowed");
    }
    int maximum = collection.getMaximumPeerCount();
    int required = collection.getRequiredPeerCount();
    if (maximum < required) {
      return Optional.of(
          "maximum peer count (%d) cannot be less than the required peer count (%d)"
              .formatted(maximum, required));
    }
    if (required < 0) {
      return Optional.of("requiredPeerCount (%d) cannot be less than zero".formatted(required));
    }
    return isAlternative(collection.getMemberOrgsPolicy().getSignaturePolicy().getRule())
        ? Optional.empty()
        : Optional.of("error in member org policy: signature policy is not an OR concatenation");
  }

  private static boolean isAlternative(SignaturePolicy policy) {
    return !policy.hasNOutOf()
        || (policy.getNOutOf().getN() == 1
            && policy.getNOutOf().getRulesList().stream().allMatch(LsccCollections::isAlternative));
  }

  private static Optional<String> afterExisting(
      CollectionConfigPackage old, Map<String, StaticCollectionConfig> collections) {
    List<String> missing = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    for (CollectionConfig config : old.getConfigList()) {
      StaticCollectionConfig before = config.getStaticCollectionConfig();
      StaticCollectionConfig now = collections.get(before.getName());
      if (now == null) {
        missing.add(before.getName());
      } else if (now.getBlockToLive() != before.getBlockToLive()) {
        changed.add(before.getName());
      }
    }
    if (!missing.isEmpty()) {
      return Optional.of(
          "the following existing collections are missing in the new collection configuration"
              + " package: "
              + missing);
    }
    return changed.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the BlockToLive in the following existing collections must not be modified: "
                + changed);
  }
}
