package org.blockraft.state;

import java.util.Arrays;
import java.util.Objects;

/**
 * A value of the state database with its metadata and the height that wrote it. Empty metadata
 * means none. The arrays are not copied; nobody changes them afterwards.
 */
public final class VersionedValue {

  /** Metadata of a key that has none. */
  public static final byte[] NO_METADATA = {};

  private final byte[] value;
  private final byte[] metadata;
  private final Version version;

  /** Joins the three parts; none may be null. */
  public VersionedValue(byte[] value, byte[] metadata, Version version) {
    this.value = Objects.requireNonNull(value);
    this.metadata = Objects.requireNonNull(metadata);
    this.version = Objects.requireNonNull(version);
  }

  /** A value without metadata. */
  public VersionedValue(byte[] value, Version version) {
    this(value, NO_METADATA, version);
  }

  /** The value bytes, shared. */
  public byte[] value() {
    return value;
  }

  /** The metadata bytes, shared; empty if there are none. */
  public byte[] metadata() {
    return metadata;
  }

  /** The height of the last write. */
  public Version version() {
    return version;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VersionedValue that
        && version.equals(that.version)
        && Arrays.equals(value, that.value)
        && Arrays.equals(metadata, that.metadata);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(value) + version.hashCode();
  }

  @Override
  public String toString() {
    return value.length + " bytes, " + metadata.length + " of metadata, at " + version;
  }
}
