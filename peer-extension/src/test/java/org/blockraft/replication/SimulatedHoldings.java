package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;

/** The channels and packages of one node. A package is its id. */
final class SimulatedHoldings implements Holdings {
  private final SimulatedProcess process;

  SimulatedHoldings(SimulatedProcess process) {
    this.process = process;
  }

  /** The first block of a channel, as one joins it. */
  static Block genesis(String channelId) {
    return Block.newBuilder()
        .setData(BlockData.newBuilder().addData(ByteString.copyFromUtf8(channelId)))
        .build();
  }

  @Override
  public List<String> channelIds() {
    return process.channelIds();
  }

  @Override
  public void join(Block genesis) {
    process.threads().pause(process.node().diskDelay());
    process.join(genesis.getData().getData(0).toStringUtf8());
  }

  @Override
  public Set<String> packageIds() {
    return new TreeSet<>(process.node().packages());
  }

  @Override
  public void install(ByteString file) {
    process.threads().pause(process.node().diskDelay());
    process.node().install(file.toStringUtf8());
  }
}
