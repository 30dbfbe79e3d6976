package org.blockraft.identity;

import java.util.List;
import org.hyperledger.fabric.protos.peer.AnchorPeer;

/**
 * An organization of the Application group.
 *
 * @param name the key of its group, which is not the MSP id
 * @param anchorPeers in configured order
 */
public record ApplicationOrg(String name, Msp msp, List<AnchorPeer> anchorPeers) {
  public ApplicationOrg {
    anchorPeers = List.copyOf(anchorPeers);
  }

  public String mspId() {
    return msp.id();
  }
}
