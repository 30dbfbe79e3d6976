package org.blockraft.state;

/**
 * The height at which a key was last written: the block and the transaction's position in it, both
 * unsigned 64-bit numbers as in Fabric's {@code core/ledger/internal/version/version.go}.
 *
 * <p>An absent version (null) means that the key does not exist, which differs from (0, 0).
 */
public record Version(long block, long tx) implements Comparable<Version> {

  /** Text that Fabric prints for an absent version. */
  private static final String ABSENT_TEXT = "<nil>";

  /** Returns Fabric's order-preserving bytes of this height: block, then transaction. */
  public byte[] encode() {
    byte[] out = new byte[OrderedLong.size(block) + OrderedLong.size(tx)];
    OrderedLong.write(tx, out, OrderedLong.write(block, out, 0));
    return out;
  }

  /**
   * Reads what {@link #encode()} wrote; bytes that follow are ignored.
   *
   * @throws StateException if the bytes are not a height
   */
  public static Version decode(byte[] bytes) {
    long block = OrderedLong.read(bytes, 0);
    return new Version(block, OrderedLong.read(bytes, OrderedLong.size(block)));
  }

  /** Returns Fabric's text of a version that may be absent. */
  public static String text(Version version) {
    return version == null ? ABSENT_TEXT : version.toString();
  }

  @Override
  public int compareTo(Version other) {
    int byBlock = Long.compareUnsigned(block, other.block);
    return byBlock != 0 ? byBlock : Long.compareUnsigned(tx, other.tx);
  }

  @Override
  public String toString() {
    return "{BlockNum: "
        + Long.toUnsignedString(block)
        + ", TxNum: "
        + Long.toUnsignedString(tx)
        + "}";
  }
}
