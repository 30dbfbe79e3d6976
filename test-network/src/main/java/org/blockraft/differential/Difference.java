package org.blockraft.differential;

/** Something that differs between a stock peer and ours; the text names the place and both. */
public record Difference(String text) {
  @Override
  public String toString() {
    return text;
  }
}
