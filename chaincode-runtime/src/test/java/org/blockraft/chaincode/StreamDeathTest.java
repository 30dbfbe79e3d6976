package org.blockraft.chaincode;

import static org.blockraft.chaincode.ScriptedChaincode.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.blockraft.simulation.TransactionSimulator;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.peer.ChaincodeMessage;
import org.hyperledger.fabric.protos.peer.GetState;
import org.hyperledger.fabric.protos.peer.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many transactions at a time on a chaincode that dies at random: each one ends, with one of the
 * known texts.
 */
class StreamDeathTest {
  private static final int CLIENTS = 8;
  private static final int TRANSACTIONS_EACH = 40;
  private static final int DEATH_ONE_IN = 25;

  @TempDir Path directory;

  @Test
  void everyTransactionEnds() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Queue<String> surprises = new ConcurrentLinkedQueue<>();
    AtomicInteger answered = new AtomicInteger();
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode = peer.serve("cc", tx -> readOrDie(tx, random))) {
      peer.state.with("cc", "k", "v", new Version(1, 0));
      List<Thread> clients = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        clients.add(Thread.ofVirtual().start(() -> work(peer, answered, surprises)));
      }
      for (Thread client : clients) {
        assertTrue(client.join(Duration.ofSeconds(60)), "seed " + seed);
      }
      assertEquals(List.of(), List.copyOf(surprises), "seed " + seed);
      assertTrue(answered.get() > 0, "seed " + seed);
      assertTrue(chaincode.streams() > 1, "seed " + seed);
    }
  }

  private static Response readOrDie(ScriptedChaincode.Transaction tx, Random random)
      throws Exception {
    if (random.nextInt(DEATH_ONE_IN) == 0) {
      tx.dieWithStream();
      return null;
    }
    return ok(tx.ask(ChaincodeMessage.Type.GET_STATE, GetState.newBuilder().setKey("k").build()));
  }

  private static void work(TestPeer peer, AtomicInteger answered, Queue<String> surprises) {
    for (int i = 0; i < TRANSACTIONS_EACH; i++) {
      try (TransactionSimulator simulator = peer.simulator(peer.state)) {
        ChaincodeOutcome outcome =
            peer.runtime.execute(peer.transaction("cc", simulator), TestPeer.input("x"));
        assertEquals("v", outcome.response().getPayload().toStringUtf8());
        answered.incrementAndGet();
      } catch (ChaincodeException e) {
        if (!isDeath(e.getMessage())) {
          surprises.add(e.getMessage());
        }
      } catch (Throwable e) {
        surprises.add(e.toString());
      }
    }
  }

  /** Death under a transaction, or between the end of a launch and its use. */
  private static boolean isDeath(String text) {
    return text.endsWith("error sending: chaincode stream terminated")
        || text.contains("but could not find handler")
        || text.endsWith(" terminated");
  }
}
