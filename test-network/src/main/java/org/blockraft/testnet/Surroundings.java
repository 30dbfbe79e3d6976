package org.blockraft.testnet;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The network around our peer: key material, orderer, other organizations' peers. Either {@link
 * EmbeddedSurroundings} or {@link StockSurroundings} (native or in containers).
 */
interface Surroundings {
  /** The mode's name, as printed. */
  String name();

  /** What of the network is whose, in one line for people. */
  String description();

  /** Organizations with a peer, ours first. */
  List<NetworkFolder.Org> organizations();

  /** What its processes listen on, and who listens there. */
  Map<Integer, String> ports();

  /** Makes key material; does nothing when it is there. */
  void generate();

  /**
   * Makes the channel's genesis block and has the orderer serve the channel.
   *
   * @param batchTimeout after which the orderer cuts a block that is not full
   */
  void createChannel(String channel, Duration batchTimeout);

  /** Starts the orderer and the other organizations' peers. */
  void start();
}
