package org.blockraft.replication;

/** Where a process may be caught by a fault: moments that chance alone hits too rarely. */
enum SimulatedPoint {
  /** It has won the election. */
  ELECTED,
  /** It begins to pull a channel's blocks. */
  LEADS,
  /** A block came from the orderer. */
  ARRIVED,
  /** It has decided a block's flags. */
  DECIDED,
  /** It has announced a block as the leader. */
  ANNOUNCED,
  /** Blocks of it are on the disk that it does not show yet. */
  FORCED,
  /** It has let an endorsement go. */
  ENDORSED,
  /** It has told a client that a channel is joined or a package installed. */
  ACKNOWLEDGED
}
