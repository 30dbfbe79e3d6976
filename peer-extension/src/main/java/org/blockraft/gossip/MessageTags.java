package org.blockraft.gossip;

import org.hyperledger.fabric.protos.gossip.DataDigest;
import org.hyperledger.fabric.protos.gossip.GossipHello;
import org.hyperledger.fabric.protos.gossip.GossipMessage;
import org.hyperledger.fabric.protos.gossip.GossipMessage.Tag;
import org.hyperledger.fabric.protos.gossip.PullMsgType;

/**
 * How far a message may travel is written on it and has to fit its kind.
 *
 * <p>Fabric: gossip/protoext/message.go IsTagLegal.
 */
final class MessageTags {
  private MessageTags() {}

  static boolean isLegal(GossipMessage message) {
    Tag tag = message.getTag();
    return switch (message.getContentCase()) {
      case DATA_MSG, LEADERSHIP_MSG -> tag == Tag.CHAN_AND_ORG;
      case ALIVE_MSG, MEM_REQ, MEM_RES -> tag == Tag.EMPTY;
      case PEER_IDENTITY -> tag == Tag.ORG_ONLY;
      case HELLO, DATA_DIG, DATA_REQ, DATA_UPDATE ->
          switch (pullType(message)) {
            case BLOCK_MSG -> tag == Tag.CHAN_AND_ORG;
            case IDENTITY_MSG -> tag == Tag.EMPTY;
            default -> false;
          };
      case STATE_INFO, STATE_INFO_PULL_REQ, STATE_SNAPSHOT, STATE_REQUEST, STATE_RESPONSE ->
          tag == Tag.CHAN_OR_ORG;
      default -> false;
    };
  }

  /** What a message of a pull is about. */
  static PullMsgType pullType(GossipMessage message) {
    GossipHello hello = message.getHello();
    DataDigest digest = message.getDataDig();
    return switch (message.getContentCase()) {
      case HELLO -> hello.getMsgType();
      case DATA_DIG -> digest.getMsgType();
      case DATA_REQ -> message.getDataReq().getMsgType();
      case DATA_UPDATE -> message.getDataUpdate().getMsgType();
      default -> PullMsgType.UNDEFINED;
    };
  }
}
