package org.blockraft.peer;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.blockraft.chaincode.InstalledPackage;
import org.blockraft.chaincode.PackageStore;
import org.hyperledger.fabric.protos.common.Block;

/**
 * This node's channels and packages, as the cluster sees them.
 *
 * @param installs a package that another node has
 * @param nodeFound told the name of another node
 */
record LocalHoldings(
    Channels channels,
    PackageStore store,
    Consumer<ByteString> installs,
    Consumer<String> nodeFound)
    implements ClusterNode.Peer {

  @Override
  public List<String> channelIds() {
    return channels.ids();
  }

  @Override
  public void join(Block genesis) {
    channels.joinFromSibling(genesis);
  }

  @Override
  public Set<String> packageIds() {
    return store.list().stream().map(InstalledPackage::packageId).collect(Collectors.toSet());
  }

  @Override
  public void install(ByteString file) {
    installs.accept(file);
  }

  @Override
  public void found(String name) {
    nodeFound.accept(name);
  }
}
