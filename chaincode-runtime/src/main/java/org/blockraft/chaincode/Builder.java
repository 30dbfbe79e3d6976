package org.blockraft.chaincode;

/**
 * Something that recognizes a kind of package and turns it into a chaincode that can be dialed or
 * run.
 */
sealed interface Builder permits ExternalBuilder, ServiceBuilder {

  /** The name kept with each build. */
  String name();

  /** Whether this builder takes the package. */
  boolean detects(BuildContext context);

  /** Fills the build folder; throws with stock's text. */
  void build(BuildContext context);

  /** Fills the release folder; throws with stock's text. */
  void release(BuildContext context);

  /**
   * Starts the chaincode, which then dials the peer.
   *
   * @param packageId the id it registers under
   * @param output the build folder
   * @param connection how it reaches the peer
   */
  BuilderProcess run(String packageId, java.nio.file.Path output, PeerConnection connection);
}
