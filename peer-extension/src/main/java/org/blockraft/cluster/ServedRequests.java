package org.blockraft.cluster;

import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Refusal;
import org.blockraft.cluster.wire.Refusal.Code;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.cluster.wire.Request.KindCase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other node's requests that are being served here. Each gets exactly one reply unless the
 * other node has cancelled it. Requests come in one at a time; replies come from any thread.
 */
final class ServedRequests {
  private static final Logger LOG = LoggerFactory.getLogger(ServedRequests.class);

  private final Map<Long, CompletableFuture<Reply>> serving = new ConcurrentHashMap<>();
  private final String node;
  private final LinkSettings settings;
  private final LinkListener listener;
  private final Outbox outbox;

  ServedRequests(String node, LinkSettings settings, LinkListener listener, Outbox outbox) {
    this.node = node;
    this.settings = settings;
    this.listener = listener;
    this.outbox = outbox;
  }

  void serve(long term, Request request) {
    long id = request.getId();
    if (request.getKindCase() == KindCase.KIND_NOT_SET) {
      refuse(term, id, Code.UNKNOWN_KIND, "this node does not know such requests");
    } else if (serving.size() >= settings.requestsMax()) {
      refuse(term, id, Code.FAILED, "more than %d requests".formatted(settings.requestsMax()));
    } else if (serving.containsKey(id)) {
      refuse(term, id, Code.FAILED, "request id %d is in use".formatted(id));
    } else {
      CompletableFuture<Reply> reply = requested(term, request);
      serving.put(id, reply);
      var _ = reply.whenComplete((made, failure) -> ended(term, id, made, failure));
    }
  }

  private CompletableFuture<Reply> requested(long term, Request request) {
    try {
      return listener.requested(node, term, request);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void ended(long term, long id, Reply reply, Throwable failure) {
    serving.remove(id);
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof CancellationException) {
      return;
    }
    if (cause != null) {
      LOG.warn("A request of node {} failed", node, cause);
      refuse(term, id, Code.FAILED, String.valueOf(cause.getMessage()));
      return;
    }
    Frame frame = Frame.newBuilder().setTerm(term).setReply(reply.toBuilder().setId(id)).build();
    if (!outbox.offer(frame)) {
      refuse(
          term,
          id,
          Code.FAILED,
          "a reply of %d bytes cannot be sent".formatted(frame.getSerializedSize()));
    }
  }

  private void refuse(long term, long id, Code code, String text) {
    Refusal refusal = Refusal.newBuilder().setCode(code).setText(text).build();
    outbox.insist(
        Frame.newBuilder()
            .setTerm(term)
            .setReply(Reply.newBuilder().setId(id).setRefusal(refusal))
            .build());
  }

  /** The other node wants the reply no more. */
  void cancel(long id) {
    CompletableFuture<Reply> reply = serving.get(id);
    if (reply != null) {
      reply.cancel(false);
    }
  }

  void cancelAll() {
    serving.values().forEach(reply -> reply.cancel(false));
  }
}
