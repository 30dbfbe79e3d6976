package org.blockraft.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.state.MemoryState;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateView;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockMetadataIndex;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataEntry;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataWrite;
import org.hyperledger.fabric.protos.peer.TxValidationCode;
import org.junit.jupiter.api.Test;

/**
 * Validates blocks that a stock v2.5.16 validator has validated: three organizations, bad and
 * repeated endorsers, order-dependent policies, key and collection policies, keys whose policy
 * changes within the block, known and repeated transaction ids.
 */
class StockValidationTest {

  private static final Set<TxValidationCode> DEPEND_ON_NAMESPACE_ORDER =
      Set.of(TxValidationCode.ENDORSEMENT_POLICY_FAILURE, TxValidationCode.INVALID_CHAINCODE);

  private final Map<String, ByteString> policies = new HashMap<>();
  private final MemoryState state = new MemoryState();
  private final Set<String> ids = new HashSet<>();
  private final List<Block> blocks = new ArrayList<>();
  private ChannelConfig config;

  @Test
  void sameFlags() throws IOException {
    for (String line : lines()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "genesis" -> config = ChannelConfig.fromBlock(Block.parseFrom(base64(words[1])));
        case "policy" -> policies.put(words[1], ByteString.copyFrom(hex(words[2])));
        case "key" -> key(new String(hex(words[1]), StandardCharsets.UTF_8), hex(words[2]));
        case "id" -> ids.add(words[1]);
        case "block" -> blocks.add(Block.parseFrom(base64(words[1])));
        default -> throw new IllegalStateException(words[0]);
      }
    }
    assertTrue(blocks.size() > 1);
    try (SlicePool pool = new SlicePool(2)) {
      BlockValidator validator =
          new BlockValidator("ch", ids::contains, new Definitions(), pool, List::of);
      for (Block block : blocks) {
        validate(validator, block);
      }
    }
  }

  private void validate(BlockValidator validator, Block block) {
    VerifiedBlock verified =
        new VerifiedBlock(block, block.toByteString(), BlockHeaders.headerHash(block.getHeader()));
    ValidatedBlock validated =
        validator.validate(
            verified,
            config,
            state,
            delivered -> {
              throw new IllegalStateException("there is no configuration transaction");
            });
    ByteString expected =
        block.getMetadata().getMetadata(BlockMetadataIndex.TRANSACTIONS_FILTER_VALUE);
    for (int i = 0; i < expected.size(); i++) {
      TxValidationCode stock = TxValidationCode.forNumber(expected.byteAt(i) & 0xff);
      TxValidationCode ours = TxValidationCode.forNumber(validated.flags()[i] & 0xff);
      ParsedTransaction transaction = validated.transactions().get(i);
      // Stock walks the namespaces of a transaction in random order and reports the first failure.
      boolean undetermined =
          DEPEND_ON_NAMESPACE_ORDER.contains(stock)
              && DEPEND_ON_NAMESPACE_ORDER.contains(ours)
              && DispatchChecks.of(transaction).namespaces().size() > 1;
      if (!undetermined) {
        assertEquals(stock, ours, "transaction " + i + " of block " + validated.number());
      }
    }
  }

  private void key(String name, byte[] policy) {
    String[] parts = name.split("\\|", -1);
    String namespace = parts[1].isEmpty() ? parts[0] : Namespaces.hashed(parts[0], parts[1]);
    byte[] metadata =
        KVMetadataWrite.newBuilder()
            .addEntries(
                KVMetadataEntry.newBuilder()
                    .setName(MetadataWrite.VALIDATION_PARAMETER)
                    .setValue(ByteString.copyFrom(policy)))
            .build()
            .toByteArray();
    state.with(
        StateKey.of(namespace, parts[2]),
        new VersionedValue(new byte[] {1}, metadata, new Version(0, 0)));
  }

  private final class Definitions implements DefinitionSource {
    @Override
    public Optional<ValidationInfo> validationInfo(
        String namespace, StateView committed, ChannelConfig channel) {
      return Optional.ofNullable(policies.get(namespace))
          .map(policy -> new ValidationInfo("vscc", policy));
    }

    @Override
    public Optional<ByteString> collectionPolicy(
        String namespace, String collection, StateView committed, ChannelConfig channel) {
      return switch (collection) {
        case "collA", "_implicit_org_Org1MSP" -> Optional.of(policies.get(collection));
        case "collB" -> Optional.of(ByteString.EMPTY);
        default -> Optional.empty();
      };
    }
  }

  private List<String> lines() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(getClass().getResourceAsStream("stock-validation.txt.gz")),
                StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static byte[] base64(String text) {
    return Base64.getDecoder().decode(text);
  }
}
