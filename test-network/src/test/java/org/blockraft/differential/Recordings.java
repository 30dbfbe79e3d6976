package org.blockraft.differential;

import java.io.IOException;
import java.io.InputStream;

/** The recordings among the test resources. */
final class Recordings {
  private Recordings() {}

  static Recording load(String name) throws IOException {
    try (InputStream in = Recordings.class.getResourceAsStream(name)) {
      return Recording.read(in);
    }
  }
}
