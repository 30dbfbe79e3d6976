package org.blockraft.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueStore;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/**
 * Finds blocks by number and header hash, and the first occurrence of a transaction id, valid or
 * not.
 *
 * <p>Fabric: common/ledger/blkstorage/blockindex.go. One thread adds; reads are safe for any
 * thread.
 */
final class BlockIndex {
  static final String BLOCKS = "blocks";
  static final String TRANSACTIONS = "transactions";

  private static final char BY_NUMBER = 'n';
  private static final char BY_HASH = 'h';
  private static final int POSITION_BYTES = Long.BYTES + Integer.BYTES + 1;

  private final KeyValueStore store;

  BlockIndex(KeyValueStore store) {
    this.store = store;
  }

  /**
   * Adds a block.
   *
   * @param txIds id of each transaction, empty for one that has none
   * @param flags final validation code of each
   */
  void add(
      long number,
      byte[] headerHash,
      BlockLocation location,
      List<String> txIds,
      byte[] flags,
      KeyValueBatch into) {
    into.put(BLOCKS, numberKey(number), location.encode());
    into.put(BLOCKS, hashKey(headerHash), ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    boolean[] known = inEarlierBlocks(txIds, flags);
    Set<String> seen = HashSet.newHashSet(txIds.size());
    for (int tx = 0; tx < flags.length; tx++) {
      if (seen.add(txIds.get(tx)) && !known[tx]) {
        byte[] position =
            ByteBuffer.allocate(POSITION_BYTES).putLong(number).putInt(tx).put(flags[tx]).array();
        into.put(TRANSACTIONS, key(txIds.get(tx)), position);
      }
    }
  }

  /**
   * Which ids occur in earlier blocks. Codes that are only given to transactions whose id was found
   * to be new need no look-up.
   */
  private boolean[] inEarlierBlocks(List<String> txIds, byte[] flags) {
    boolean[] known = new boolean[flags.length];
    List<byte[]> keys = new ArrayList<>();
    List<Integer> transactions = new ArrayList<>();
    for (int tx = 0; tx < flags.length; tx++) {
      switch (TxValidationCode.forNumber(flags[tx] & 0xff)) {
        case VALID, ENDORSEMENT_POLICY_FAILURE, MVCC_READ_CONFLICT, PHANTOM_READ_CONFLICT -> {}
        case null, default -> {
          keys.add(key(txIds.get(tx)));
          transactions.add(tx);
        }
      }
    }
    byte[][] found = store.multiGet(TRANSACTIONS, keys);
    for (int i = 0; i < found.length; i++) {
      known[transactions.get(i)] = found[i] != null;
    }
    return known;
  }

  Optional<BlockLocation> location(long number) {
    return Optional.ofNullable(store.get(BLOCKS, numberKey(number))).map(BlockLocation::decode);
  }

  OptionalLong number(byte[] headerHash) {
    byte[] found = store.get(BLOCKS, hashKey(headerHash));
    return found == null ? OptionalLong.empty() : OptionalLong.of(ByteBuffer.wrap(found).getLong());
  }

  Optional<TxPosition> position(String txId) {
    byte[] found = store.get(TRANSACTIONS, key(txId));
    if (found == null) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(found);
    return Optional.of(
        new TxPosition(in.getLong(), in.getInt(), TxValidationCode.forNumber(in.get() & 0xff)));
  }

  private static byte[] numberKey(long number) {
    return StoreKey.of(BY_NUMBER).number(number).toBytes();
  }

  private static byte[] hashKey(byte[] headerHash) {
    return StoreKey.of(BY_HASH).bytes(headerHash).toBytes();
  }

  private static byte[] key(String txId) {
    return txId.getBytes(StandardCharsets.UTF_8);
  }
}
