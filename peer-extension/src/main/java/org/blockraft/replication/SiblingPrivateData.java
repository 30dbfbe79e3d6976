package org.blockraft.replication;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.blockraft.cluster.wire.FetchPrivate;
import org.blockraft.cluster.wire.Found;
import org.blockraft.cluster.wire.PrivateData;
import org.blockraft.cluster.wire.Request;
import org.blockraft.ledger.LedgerException;
import org.blockraft.ledger.PrivateDataKey;
import org.blockraft.ledger.PrivateDataSource;

/**
 * Private write sets that another node of this peer has: one that was away when a transaction was
 * endorsed asks for them when it is committed. While a live node has not answered, it may be the
 * one that has them, so asking is not over. Used by the committing thread of one channel.
 */
public final class SiblingPrivateData implements PrivateDataSource {
  /** Nodes are near; one that is slower than this has other worries. */
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final String channelId;
  private final Siblings siblings;
  private final Duration patience;
  private final PrivateDataSource next;

  /**
   * @param patience how long a dead node may count as a live one, whose answer is waited for
   * @param next asked for what no node of this peer has
   */
  public SiblingPrivateData(
      String channelId, Siblings siblings, Duration patience, PrivateDataSource next) {
    this.channelId = channelId;
    this.siblings = siblings;
    this.patience = patience;
    this.next = next;
  }

  @Override
  public Optional<Pulled> pull(List<Wanted> wanted) {
    FetchPrivate.Builder fetch = FetchPrivate.newBuilder().setChannel(channelId);
    for (Wanted want : wanted) {
      PrivateDataKey key = want.key();
      fetch
          .setBlock(key.block())
          .addWanted(
              org.blockraft.cluster.wire.Wanted.newBuilder()
                  .setTx(key.tx())
                  .setTxId(key.txId())
                  .setNamespace(key.namespace())
                  .setCollection(key.collection()));
    }
    Map<PrivateDataKey, ByteString> found = new HashMap<>();
    Request request = Request.newBuilder().setFetchPrivate(fetch).build();
    Siblings.Answers answers = siblings.askAll(request, TIMEOUT);
    for (ByteString payload : answers.payloads()) {
      take(payload, wanted, found);
    }
    if (found.isEmpty() && answers.all()) {
      return next.pull(wanted);
    }
    return Optional.of(new Pulled(found, Set.of())); // perhaps nothing yet: to be tried again
  }

  @Override
  public Duration patience() {
    return patience;
  }

  private static void take(
      ByteString payload, List<Wanted> wanted, Map<PrivateDataKey, ByteString> found) {
    PrivateData data;
    try {
      data = PrivateData.parseFrom(payload);
    } catch (InvalidProtocolBufferException e) {
      throw new LedgerException("private data from another node does not parse", e);
    }
    for (Found set : data.getFoundList()) {
      for (Wanted want : wanted) {
        PrivateDataKey key = want.key();
        if (key.tx() == set.getTx()
            && key.namespace().equals(set.getNamespace())
            && key.collection().equals(set.getCollection())) {
          found.put(key, set.getRwset());
        }
      }
    }
  }
}
