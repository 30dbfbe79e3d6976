package org.blockraft.lifecycle;

import java.util.SortedMap;

/** All entries below a key prefix. Keys are ASCII, so the end of a range is prefix + 0x7f. */
interface RangeableState {
  /** End of a prefix: keys consist of characters up to 0x7e. */
  String PREFIX_END = "\u007f";

  SortedMap<String, byte[]> range(String prefix);
}
