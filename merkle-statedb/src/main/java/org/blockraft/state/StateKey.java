package org.blockraft.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A key of the state database: a namespace (see {@link Namespaces}) and any bytes. Two keys with
 * the same content are equal. The bytes are not copied; nobody changes them afterwards.
 */
public final class StateKey implements Comparable<StateKey> {

  private final String namespace;
  private final byte[] key;

  /** Joins a namespace and key bytes. */
  public StateKey(String namespace, byte[] key) {
    this.namespace = Objects.requireNonNull(namespace);
    this.key = Objects.requireNonNull(key);
  }

  /** Joins a namespace and the UTF-8 bytes of a key. */
  public static StateKey of(String namespace, String key) {
    return new StateKey(namespace, key.getBytes(StandardCharsets.UTF_8));
  }

  /** The namespace. */
  public String namespace() {
    return namespace;
  }

  /** The key bytes, shared. */
  public byte[] key() {
    return key;
  }

  @Override
  public int compareTo(StateKey other) {
    int byNamespace = Utf8Order.compare(namespace, other.namespace);
    return byNamespace != 0 ? byNamespace : Arrays.compareUnsigned(key, other.key);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StateKey that
        && namespace.equals(that.namespace)
        && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    return 31 * namespace.hashCode() + Arrays.hashCode(key);
  }

  @Override
  public String toString() {
    return namespace + "/" + new String(key, StandardCharsets.UTF_8);
  }
}
