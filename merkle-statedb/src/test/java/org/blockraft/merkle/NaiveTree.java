package org.blockraft.merkle;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

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
    int bit = depth(positions);
    int split = split(positions, bit);
    MessageDigest sha = sha();
    sha.update(new byte[] {1, (byte) bit});
    sha.update(hash(positions.subList(0, split)));
    return sha.digest(hash(positions.subList(split, positions.size())));
  }

  private static int depth(List<byte[]> positions) {
    BigInteger first = new BigInteger(1, positions.getFirst());
    BigInteger last = new BigInteger(1, positions.getLast());
    return 256 - first.xor(last).bitLength();
  }

  private static int split(List<byte[]> positions, int bit) {
    int split = 0;
    while (!bit(positions.get(split), bit)) {
      split++;
    }
    return split;
  }

  private static boolean bit(byte[] position, int bit) {
    return (position[bit / 8] >> (7 - bit % 8) & 1) == 1;
  }

  /** A proof of one position. */
  byte[] proof(byte[] position) {
    List<byte[]> way = way(position, 256);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(1);
    way.forEach(out::writeBytes);
    return out.toByteArray();
  }

  /** A proof of all positions with a prefix. */
  byte[] rangeProof(byte[] prefix, int bits) {
    List<byte[]> way = way(Arrays.copyOf(prefix, 32), bits);
    List<byte[]> there = range(prefix, bits);
    int count = there.isEmpty() ? Math.min(1, leaves.size()) : there.size();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(2);
    out.writeBytes(ByteBuffer.allocate(4).putInt(count).array());
    for (byte[] position : there) {
      out.writeBytes(position);
      out.writeBytes(leaves.get(position));
    }
    if (there.isEmpty()) {
      way = way(Arrays.copyOf(prefix, 32), 256);
    }
    way.stream().skip(there.isEmpty() ? 0 : 1).forEach(out::writeBytes);
    return out.toByteArray();
  }

  /** The positions with a prefix. */
  List<byte[]> range(byte[] prefix, int bits) {
    byte[] padded = Arrays.copyOf(prefix, 32);
    return leaves.keySet().stream()
        .filter(p -> IntStream.range(0, bits).allMatch(i -> bit(p, i) == bit(padded, i)))
        .toList();
  }

  /** First a leaf to which a position leads, then the steps up from it, or from a depth on. */
  private List<byte[]> way(byte[] position, int below) {
    List<byte[]> way = new ArrayList<>();
    List<byte[]> rest = new ArrayList<>(leaves.keySet());
    while (rest.size() > 1) {
      int bit = depth(rest);
      int split = split(rest, bit);
      List<byte[]> left = rest.subList(0, split);
      List<byte[]> right = rest.subList(split, rest.size());
      boolean turnsRight = bit(position, bit);
      rest = turnsRight ? right : left;
      if (bit < below) {
        byte[] hash = hash(turnsRight ? left : right);
        way.addFirst(ByteBuffer.allocate(33).put((byte) bit).put(hash).array());
      }
    }
    rest.forEach(p -> way.addFirst(ByteBuffer.allocate(64).put(p).put(leaves.get(p)).array()));
    return way;
  }

  private static MessageDigest sha() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
