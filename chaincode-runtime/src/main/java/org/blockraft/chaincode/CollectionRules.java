package org.blockraft.chaincode;

/** Who may touch a private data collection, and when; the texts are stock's. */
final class CollectionRules {
  private CollectionRules() {}

  static void requireNotInit(Conversation conversation) {
    if (conversation.isInit()) {
      throw new ChaincodeException("private data APIs are not allowed in chaincode Init()");
    }
  }

  static void requireRead(Conversation conversation, String collection) {
    requireNotInit(conversation);
    if (!conversation.collectionAccess(collection).read()) {
      throw refused("read", conversation, collection);
    }
  }

  static void requireWrite(Conversation conversation, String collection) {
    requireNotInit(conversation);
    if (!conversation.collectionAccess(collection).write()) {
      throw refused("write", conversation, collection);
    }
  }

  private static ChaincodeException refused(
      String what, Conversation conversation, String collection) {
    return new ChaincodeException(
        "tx creator does not have "
            + what
            + " access permission on privatedata in chaincodeName:"
            + conversation.tx().chaincodeName()
            + " collectionName: "
            + collection);
  }
}
