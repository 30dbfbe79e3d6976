package org.blockraft.merkle;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * The tree as {@code docs/merkle.md} defines it, computed anew for every root from a sorted map.
 * Shares no code with the real one.
 */
final class NaiveTree {
  private final TreeMap<byte[], byte[]> leaves = new TreeMap<>(Arrays::compareUnsigned);

  void put(byte[] position, byte[] leaf) {
    leaves.put(position, leaf);
  }

  void remove(byte[] position) {
    leaves.remove(position);
  }

  boolean has(byte[] position) {
    return leaves.containsKey(position);
  }

  byte[] leaf(byte[] position) {
    return leaves.get(position);
  }

  int size() {
    return leaves.size();
  }

  byte[] root() {
    return hash(new ArrayList<>(leaves.keySet()));
  }

  private byte[] hash(List<byte[]> positions) {
    if (positions.isEmpty()) {
      return new byte[32];
    }
    if (positions.size() == 1) {
      MessageDigest sha = sha();
      sha.update((byte) 0);
      sha.update(positions.get(0));
      return sha.digest(leaves.get(positions.get(0)));
    }
    BigInteger first = new BigInteger(1, positions.getFirst());
    BigInteger last = new BigInteger(1, positions.getLast());
    int bit = 256 - first.xor(last).bitLength();
    int split = 0;
    while (!new BigInteger(1, positions.get(split)).testBit(255 - bit)) {
      split++;
    }
    MessageDigest sha = sha();
    sha.update(new byte[] {1, (byte) bit});
    sha.update(hash(positions.subList(0, split)));
    return sha.digest(hash(positions.subList(split, positions.size())));
  }

  private static MessageDigest sha() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
