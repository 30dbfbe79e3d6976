package org.blockraft.testnet;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.hyperledger.fabric.client.CommitStatusException;
import org.hyperledger.fabric.client.Contract;
import org.hyperledger.fabric.client.EndorseException;
import org.hyperledger.fabric.client.Gateway;
import org.hyperledger.fabric.client.GatewayException;
import org.hyperledger.fabric.client.Network;
import org.hyperledger.fabric.client.Proposal;
import org.hyperledger.fabric.client.Status;
import org.hyperledger.fabric.client.Transaction;

/**
 * Clients of one node, which move money between accounts of their own without end: some submit and
 * wait for the commit, some only have proposals endorsed. Closing waits for what is under way.
 */
final class NodeLoad implements AutoCloseable {
  private static final long DEPOSIT = 1_000_000;
  private static final Duration END_TIMEOUT = Duration.ofSeconds(60);

  private final PeerPlace place;
  private final LoadPlan plan;
  private final PeerClient client;
  private final Gateway gateway;
  private final Contract contract;
  private final CommitEvents events;
  private final List<Thread> threads = new ArrayList<>();
  private final LoadRecord record = new LoadRecord();
  private volatile boolean ended;

  /**
   * @param plan what the clients do
   * @param accounts starts the names of accounts that nobody else uses
   */
  NodeLoad(
      NetworkFolder folder, PeerPlace place, LoadPlan plan, String accounts, InstantSource clock) {
    this.place = place;
    this.plan = plan;
    this.client = new PeerClient(folder, NetworkFolder.ORG1, place, "User1", clock);
    this.gateway = client.gateway();
    Network network = gateway.getNetwork(plan.channel());
    this.contract = network.getContract(plan.chaincode());
    this.events = new CommitEvents(place.process(), network, record);
    for (int i = 0; i < plan.submitters(); i++) {
      String prefix = accounts + i;
      start("submitter-" + prefix, () -> submit(prefix + "a", prefix + "b"));
    }
    for (int i = 0; i < plan.endorsers(); i++) {
      String prefix = accounts + "e" + i;
      start("endorser-" + prefix, () -> endorse(prefix));
    }
  }

  private void start(String name, Runnable work) {
    threads.add(Thread.ofVirtual().name(name).start(work));
  }

  private void submit(String from, String to) {
    transact("deposit", from, Long.toString(DEPOSIT));
    transact("deposit", to, Long.toString(DEPOSIT));
    while (!ended) {
      transact("transfer", from, to, "1");
      LockSupport.parkNanos(plan.pause().toNanos());
    }
  }

  private void endorse(String account) {
    while (!ended) {
      endorsed("deposit", account, "1");
      LockSupport.parkNanos(plan.pause().toNanos());
    }
  }

  private void transact(String function, String... arguments) {
    Transaction transaction = endorsed(function, arguments);
    if (transaction == null) {
      return;
    }
    try {
      Status status = transaction.submitAsync().getStatus();
      if (status.isSuccessful()) {
        record.committed(status.getTransactionId(), status.getBlockNumber());
      } else {
        failed(function + " is invalid: " + status.getCode());
      }
    } catch (CommitStatusException e) {
      failed("commit status: " + Failures.describe(e));
    } catch (GatewayException e) {
      failed("submit: " + Failures.describe(e));
    }
  }

  private Transaction endorsed(String function, String... arguments) {
    Proposal proposal = contract.newProposal(function).addArguments(arguments).build();
    try {
      Transaction transaction = proposal.endorse();
      record.endorsements.happened();
      return transaction;
    } catch (EndorseException e) {
      failed("endorse: " + Failures.describe(e));
      return null;
    }
  }

  private void failed(String text) {
    record.failed(place.process() + ": " + text);
  }

  LoadRecord record() {
    return record;
  }

  /** Ends the clients when each has its last answer, and checks the events that came. */
  @Override
  public void close() {
    ended = true;
    try {
      for (Thread thread : threads) {
        if (!thread.join(END_TIMEOUT)) {
          failed(thread.getName() + " has no answer after " + END_TIMEOUT.toSeconds() + " s");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    events.check(record.acknowledged());
    events.close();
    gateway.close();
    client.close();
  }
}
