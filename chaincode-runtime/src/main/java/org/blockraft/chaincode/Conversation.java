package org.blockraft.chaincode;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.hyperledger.fabric.protos.peer.ChaincodeMessage;

/**
 * One transaction's talk with one chaincode: what is waiting for the executing thread, and what
 * that thread keeps between requests. The methods that put something in may be called by any
 * thread; everything else belongs to the executing thread. Fabric:
 * core/chaincode/transaction_context.go.
 */
final class Conversation implements AutoCloseable {

  /** What the executing thread is woken by. */
  sealed interface Event permits Request, Finished, TimedOut, StreamEnded {}

  /** The chaincode asks for something. */
  record Request(ChaincodeMessage message) implements Event {}

  /** The chaincode is done. */
  record Finished(ChaincodeMessage message) implements Event {}

  /** The chaincode took too long. */
  record TimedOut() implements Event {}

  /** The chaincode is gone. */
  record StreamEnded() implements Event {}

  /** One request (a second is refused), one last word and one end of the stream. */
  private static final int EVENTS_MAX = 3;

  private final TransactionContext tx;
  private final boolean init;
  private final long deadline;
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(EVENTS_MAX);
  private final AtomicBoolean asking = new AtomicBoolean();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicBoolean gone = new AtomicBoolean();
  private final Map<String, CollectionAccess> collectionAccess = new HashMap<>();
  private final OpenQueries queries = new OpenQueries();

  /**
   * A conversation.
   *
   * @param init whether the transaction is an init, which may not touch private data
   * @param deadline on the clock of {@link System#nanoTime()}
   */
  Conversation(TransactionContext tx, boolean init, long deadline) {
    this.tx = tx;
    this.init = init;
    this.deadline = deadline;
  }

  /** Puts in a request; false if the one before has not been answered. */
  boolean requested(ChaincodeMessage message) {
    return asking.compareAndSet(false, true) && events.offer(new Request(message));
  }

  /** Puts in the last word; a second one is ignored. */
  void finished(ChaincodeMessage message) {
    if (over.compareAndSet(false, true)) {
      events.add(new Finished(message));
    }
  }

  /** Puts in that the stream is over. */
  void streamEnded() {
    if (gone.compareAndSet(false, true)) {
      events.add(new StreamEnded());
    }
  }

  /** Waits for the next event, at most until the deadline. */
  Event next() {
    try {
      Event event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      return event == null ? new TimedOut() : event;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new TimedOut();
    }
  }

  /** The request taken last has been answered; the chaincode may ask again. */
  void answered() {
    asking.set(false);
  }

  TransactionContext tx() {
    return tx;
  }

  boolean isInit() {
    return init;
  }

  long deadline() {
    return deadline;
  }

  OpenQueries queries() {
    return queries;
  }

  /** The creator's access to a collection, found out once. */
  CollectionAccess collectionAccess(String collection) {
    CollectionAccess access = collectionAccess.get(collection);
    if (access == null) {
      access =
          tx.services()
              .collectionAccess(
                  tx.channelId(),
                  tx.chaincodeName(),
                  collection,
                  tx.signedProposal(),
                  tx.simulator());
      collectionAccess.put(collection, access);
    }
    return access;
  }

  /** Closes the iterators the chaincode left open. */
  @Override
  public void close() {
    queries.close();
  }
}
