package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Set;
import org.hyperledger.fabric.protos.common.Block;

/** What one node has of what all nodes shall have. For any thread. */
public interface Holdings {
  List<String> channelIds();

  void join(Block genesis);

  Set<String> packageIds();

  void install(ByteString file);
}
