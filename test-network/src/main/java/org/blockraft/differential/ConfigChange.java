package org.blockraft.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.util.List;
import org.blockraft.testnet.Protos;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ConfigPolicy;
import org.hyperledger.fabric.protos.common.ConfigSignature;
import org.hyperledger.fabric.protos.common.ConfigUpdate;
import org.hyperledger.fabric.protos.common.ConfigUpdateEnvelope;
import org.hyperledger.fabric.protos.common.ConfigValue;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.Policy;

/** An update of elements that the channel's configuration has, signed by administrators. */
final class ConfigChange {
  private final String channelId;
  private final ConfigGroup root;
  private ConfigGroup.Builder write;

  ConfigChange(String channelId, Config current) {
    this.channelId = channelId;
    this.root = current.getChannelGroup();
    this.write = ConfigGroup.newBuilder().setVersion(root.getVersion());
  }

  /** Replaces a value below the groups of {@code path}. */
  ConfigChange value(List<String> path, String name, Message content) {
    ConfigValue old = group(path).getValuesOrThrow(name);
    ConfigValue changed =
        old.toBuilder().setVersion(old.getVersion() + 1).setValue(content.toByteString()).build();
    write = put(root, write.build(), path, ConfigGroup.newBuilder().putValues(name, changed));
    return this;
  }

  /** Replaces a policy below the groups of {@code path}. */
  ConfigChange policy(List<String> path, String name, Policy policy) {
    ConfigPolicy old = group(path).getPoliciesOrThrow(name);
    ConfigPolicy changed =
        old.toBuilder().setVersion(old.getVersion() + 1).setPolicy(policy).build();
    write = put(root, write.build(), path, ConfigGroup.newBuilder().putPolicies(name, changed));
    return this;
  }

  private ConfigGroup group(List<String> path) {
    ConfigGroup group = root;
    for (String name : path) {
      group = group.getGroupsOrThrow(name);
    }
    return group;
  }

  private static ConfigGroup.Builder put(
      ConfigGroup current, ConfigGroup written, List<String> path, ConfigGroup.Builder leaf) {
    ConfigGroup.Builder result = written.toBuilder().setVersion(current.getVersion());
    if (path.isEmpty()) {
      return result.mergeFrom(leaf.setVersion(current.getVersion()).build());
    }
    String name = path.getFirst();
    ConfigGroup below = written.getGroupsOrDefault(name, ConfigGroup.getDefaultInstance());
    return result.putGroups(
        name,
        put(current.getGroupsOrThrow(name), below, path.subList(1, path.size()), leaf).build());
  }

  /** The versions of the groups that the update walks through. */
  private static ConfigGroup readSet(ConfigGroup written) {
    ConfigGroup.Builder result = ConfigGroup.newBuilder().setVersion(written.getVersion());
    written.getGroupsMap().forEach((name, group) -> result.putGroups(name, readSet(group)));
    return result.build();
  }

  /** A CONFIG_UPDATE transaction of the sender with the signatures of all signers. */
  Envelope envelope(Party sender, List<Party> signers) {
    ConfigGroup writeSet = write.build();
    ByteString update =
        ConfigUpdate.newBuilder()
            .setChannelId(channelId)
            .setReadSet(readSet(writeSet))
            .setWriteSet(writeSet)
            .build()
            .toByteString();
    ConfigUpdateEnvelope.Builder content =
        ConfigUpdateEnvelope.newBuilder().setConfigUpdate(update);
    for (Party signer : signers) {
      ByteString header = signer.signer().newSignatureHeader().toByteString();
      content.addSignatures(
          ConfigSignature.newBuilder()
              .setSignatureHeader(header)
              .setSignature(signer.sign(header.concat(update))));
    }
    ChannelHeader header =
        ChannelHeader.newBuilder()
            .setType(HeaderType.CONFIG_UPDATE_VALUE)
            .setChannelId(channelId)
            .setTimestamp(Protos.timestamp(DifferentialNetwork.clock().instant()))
            .build();
    ByteString payload =
        Payload.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(header.toByteString())
                    .setSignatureHeader(sender.signer().newSignatureHeader().toByteString()))
            .setData(content.build().toByteString())
            .build()
            .toByteString();
    return Envelope.newBuilder().setPayload(payload).setSignature(sender.sign(payload)).build();
  }
}
