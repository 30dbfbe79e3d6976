package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hyperledger.fabric.protos.common.Consenter;
import org.hyperledger.fabric.protos.orderer.BatchSize;

/**
 * The Orderer group of a channel configuration.
 *
 * @param consensusType for example {@code etcdraft} or {@code BFT}
 * @param consensusMetadata opaque to a peer
 * @param batchTimeout how long the ordering service waits before it cuts a block
 * @param consenters who orders, when the channel is BFT; else empty
 * @param organizations by group key
 */
public record OrdererSection(
    String consensusType,
    ByteString consensusMetadata,
    BatchSize batchSize,
    Duration batchTimeout,
    long maxChannels,
    Set<String> capabilities,
    List<Consenter> consenters,
    Map<String, OrdererOrg> organizations) {

  /** The consensus type of a byzantine fault tolerant ordering service. */
  public static final String BFT = "BFT";

  public OrdererSection {
    capabilities = Set.copyOf(capabilities);
    consenters = List.copyOf(consenters);
    organizations = Map.copyOf(organizations);
  }
}
