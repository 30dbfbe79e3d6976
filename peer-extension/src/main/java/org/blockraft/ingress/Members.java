package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * Which peers are alive: {@link LocalMembers} knows this peer alone; membership by gossip brings
 * the others. Safe for use by many threads.
 */
public interface Members {
  String localMspId();

  ByteString localPkiId();

  /** Where others reach this peer. */
  String localEndpoint();

  /** Reaches the endorser of this peer. */
  EndorserClient localEndorser();

  /** All peers, this one among them. */
  List<Member> alive();

  /** Those that have joined a channel; none when this peer has not. */
  List<Member> ofChannel(String channelId);

  /** Forgets the connection to a peer that did not answer; the next look may bring a new one. */
  void lost(Member member);
}
