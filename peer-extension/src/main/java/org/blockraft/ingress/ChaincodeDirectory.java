package org.blockraft.ingress;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The chaincodes of the channels, as far as choosing endorsers needs them. Safe for use by many
 * threads.
 */
public interface ChaincodeDirectory {
  /**
   * What this peer can run on a channel (installed, approved and committed; {@code _lifecycle}
   * too): name to sequence.
   */
  Map<String, String> runnable(String channelId);

  /**
   * The policies of a chaincode and of some of its collections.
   *
   * @return empty when the channel has no such chaincode or its policy cannot be expressed as a
   *     signature policy
   */
  Optional<ChaincodeFacts> metadata(String channelId, String chaincode, List<String> collections);
}
