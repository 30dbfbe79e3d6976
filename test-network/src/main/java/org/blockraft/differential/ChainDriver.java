package org.blockraft.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.blockraft.testnet.NetworkException;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.ImplicitMetaPolicy;
import org.hyperledger.fabric.protos.common.Policy;
import org.hyperledger.fabric.protos.orderer.BatchSize;
import org.hyperledger.fabric.protos.peer.ACLs;
import org.hyperledger.fabric.protos.peer.APIResource;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.Endorsement;

/**
 * Makes a chain on the stock network: deploys the probe chaincodes, sends rounds of random
 * transactions, good and bad, and between them upgrades the chaincode, changes its policy and
 * updates the channel's configuration. All proposals of a round are answered at one height.
 */
final class ChainDriver implements AutoCloseable {
  /**
   * The shim's server loses messages when several transactions of one peer answer at once, which
   * shows as a timeout on whichever peer it hits.
   */
  private static final int THREADS = 1;

  private static final List<Fault> FAULTS = List.of(Fault.values());
  private static final List<Forgery> FORGERIES = List.of(Forgery.values());
  private static final int FAULT_PERCENT = 12;
  private static final int FORGERY_PERCENT = 8;
  private static final int DUPLICATE_PERCENT = 3;
  private static final int LATE_PERCENT = 5;
  private static final String CHANNEL = DifferentialNetwork.CHANNEL;

  private final DifferentialNetwork network;
  private final Parties parties;
  private final PeerConnection stock1;
  private final PeerConnection stock2;
  private final OrdererConnection orderer;
  private final StockChain chain;
  private final ProposalWitness witness;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final Random random;
  private final ScriptGenerator scripts;
  private final List<Envelope> late = new ArrayList<>();
  private int transactionNumber;

  ChainDriver(DifferentialNetwork network, long seed, ProposalWitness witness) {
    this.network = network;
    this.parties = Parties.of(network);
    this.stock1 = network.connect(network.stock1);
    this.stock2 = network.connect(network.stock2);
    this.orderer = network.connectOrderer();
    this.chain = new StockChain(network, orderer, stock1, stock2);
    this.witness = witness;
    this.random = new Random(seed);
    this.scripts = new ScriptGenerator(seed + 1);
  }

  StockChain chain() {
    return chain;
  }

  Parties parties() {
    return parties;
  }

  /** Has both stock peers join and install all packages. */
  void join() {
    for (var peer : List.of(network.stock1, network.stock2)) {
      try (PeerConnection connection = network.connect(peer)) {
        Preparation.join(connection, network.user(peer, "Admin"), network.genesis());
      }
    }
    chain.joined();
  }

  /** Approves by both organizations, then commits, each in a block of its own. */
  void deploy(Deployment deployment) {
    Draft first = deployment.approve(parties.admin1(), CHANNEL);
    Draft second = deployment.approve(parties.admin2(), CHANNEL);
    send(List.of(endorsed(first, List.of(stock1)), endorsed(second, List.of(stock2))));
    Draft commit = deployment.commit(parties.admin1(), CHANNEL);
    send(List.of(endorsed(commit, List.of(stock1, stock2))));
    if (!deployment.initRequired()) {
      warmUp(
          () ->
              new ProposalBuilder(parties.client(), CHANNEL, deployment.name())
                  .args("run")
                  .build());
    }
  }

  /** Each peer gets a proposal of its own: a shim may take one that comes twice for the first. */
  private void warmUp(Supplier<Draft> draft) {
    stock1.warmUp(draft.get());
    stock2.warmUp(draft.get());
    witness.warmUp(draft.get());
  }

  /**
   * A transaction of what the peers answer; fails unless all endorse. What the first stock peer
   * answers is seen by the witness.
   */
  private TransactionBuilder endorsed(Draft draft, List<PeerConnection> peers) {
    ByteString payload = null;
    List<Endorsement> endorsements = new ArrayList<>();
    for (PeerConnection peer : peers) {
      PeerConnection.Answer answer = peer.process(draft.signed());
      if (peer == stock1) {
        witness.answered(chain.height(), draft.signed(), answer);
      }
      if (!answer.endorsed()) {
        throw new NetworkException("not endorsed: " + AnswerComparison.describe(answer));
      }
      payload = answer.response().getPayload();
      endorsements.add(answer.response().getEndorsement());
    }
    return new TransactionBuilder(draft, payload, endorsements);
  }

  private void send(List<TransactionBuilder> transactions) {
    chain.broadcast(transactions.stream().map(TransactionBuilder::build).toList());
    settle();
  }

  private void settle() {
    chain.settle();
    witness.reached(chain.height());
  }

  static Deployment probe() {
    return new Deployment(
        "probe", "1.0", 1, "probe_1", false, ByteString.EMPTY, Policies.collections());
  }

  static Deployment other() {
    return new Deployment(
        "other",
        "1.0",
        1,
        "other_1",
        true,
        Policies.application(Policies.of(1, "peer", "Org1MSP", "Org2MSP")),
        CollectionConfigPackage.getDefaultInstance());
  }

  /** Calls init of the chaincode that asks for it. */
  void initialize(String chaincode) {
    Supplier<Draft> draft =
        () ->
            new ProposalBuilder(parties.client(), CHANNEL, chaincode)
                .init()
                .args("init", ScriptGenerator.op("put", "initialized", "yes").toString())
                .build();
    warmUp(draft);
    send(List.of(endorsed(draft.get(), List.of(stock1, stock2))));
  }

  /** One round: proposals at one height, then their transactions in random order. */
  void round(int size) {
    List<Future<List<Made>>> pending = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Plan plan = plan();
      pending.add(threads.submit(() -> transactions(plan)));
    }
    List<Envelope> now = new ArrayList<>(late);
    late.clear();
    for (Future<List<Made>> each : pending) {
      for (Made made : get(each)) {
        (random.nextInt(100) < LATE_PERCENT ? late : now).add(made.envelope());
        if (made.repeatable() && random.nextInt(100) < DUPLICATE_PERCENT) {
          (random.nextBoolean() ? late : now).add(made.envelope());
        }
      }
    }
    chain.broadcast(now);
    settle();
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetworkException("interrupted");
    }
  }

  /** What is random about a transaction, drawn by one thread. */
  private record Plan(
      Draft draft, ScriptGenerator.Script script, Fault fault, Forgery forgery, long seed) {}

  /** A transaction, and whether it may be sent again. */
  private record Made(Envelope envelope, boolean repeatable) {}

  private Plan plan() {
    ScriptGenerator.Script script = scripts.next(true);
    Party creator = random.nextInt(4) == 0 ? parties.otherClient() : parties.client();
    ProposalBuilder builder =
        new ProposalBuilder(creator, CHANNEL, random.nextInt(12) == 0 ? "other" : "probe")
            .args("run");
    script.operations().forEach(builder::args);
    script.transients().forEach(builder::transientValue);
    int dice = random.nextInt(100);
    Fault fault = null;
    Forgery forgery = null;
    if (script.changesPolicies()) {
      dice = 100;
    }
    if (dice < FAULT_PERCENT) {
      Fault next = FAULTS.get(transactionNumber % FAULTS.size());
      fault = next.alone() ? null : next;
    } else if (dice < FAULT_PERCENT + FORGERY_PERCENT) {
      forgery = FORGERIES.get(transactionNumber % FORGERIES.size());
    }
    transactionNumber++;
    return new Plan(builder.build(), script, fault, forgery, random.nextLong());
  }

  private List<Made> transactions(Plan plan) {
    Draft draft = plan.draft();
    PeerConnection.Answer first = stock1.process(draft.signed());
    witness.answered(chain.height(), draft.signed(), first);
    if (!first.endorsed()) {
      return List.of();
    }
    List<Endorsement> endorsements = new ArrayList<>();
    endorsements.add(first.response().getEndorsement());
    if (!plan.script().onlyOrg1()) {
      PeerConnection.Answer second = stock2.process(draft.signed());
      if (second.endorsed()
          && second.response().getPayload().equals(first.response().getPayload())) {
        endorsements.add(second.response().getEndorsement());
      }
    }
    Random own = new Random(plan.seed());
    TransactionBuilder transaction =
        new TransactionBuilder(draft, first.response().getPayload(), endorsements);
    if (endorsements.size() == 1 && own.nextBoolean()) {
      transaction.endorsements.add(parties.peer2().endorse(transaction.endorsed()));
    }
    if (plan.fault() != null && transaction.endorsements.size() == 2) {
      plan.fault().apply(transaction, parties);
    } else if (plan.forgery() != null) {
      plan.forgery().apply(transaction, parties, own);
    }
    return List.of(new Made(transaction.build(), !plan.script().changesPolicies()));
  }

  /** Sends each fault and each forgery once, in blocks of their own. */
  void everyFault() {
    List<Envelope> envelopes = new ArrayList<>();
    List<Envelope> alone = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      TransactionBuilder transaction = plain("fault-" + fault);
      fault.apply(transaction, parties);
      (fault.alone() ? alone : envelopes).add(transaction.build());
    }
    for (Forgery forgery : Forgery.values()) {
      TransactionBuilder transaction = plain("forgery-" + forgery);
      forgery.apply(transaction, parties, random);
      envelopes.add(transaction.build());
    }
    chain.broadcast(envelopes);
    settle();
    for (Envelope envelope : alone) {
      chain.broadcast(List.of(envelope));
      settle();
    }
  }

  /**
   * Continues the chain in place of its orderer, with transactions that no orderer takes; the last
   * thing that can be done to the network. Each stands behind a good one: a stock peer waits for
   * ever when a good one follows that it looks at together with an unreadable one.
   */
  void forge() throws IOException {
    network.processes().stop("orderer");
    BlockForge forge = new BlockForge(parties.orderer(), chain.blocks().getLast());
    try (BlockServer server =
        new BlockServer(
            chain.blocks(), network.ordererPort(), network.ordererFolder().resolve("tls"))) {
      for (EnvelopeFault fault : EnvelopeFault.values()) {
        TransactionBuilder bad = plain("forged-" + fault);
        fault.apply(bad, parties);
        server.append(
            forge.next(List.of(plain("before-" + fault).build(), bad.build(), bad.build())));
        chain.follow();
        witness.reached(chain.height());
      }
    }
  }

  /** Shows the witness all special proposals; none becomes a transaction. */
  void specialProposals() {
    String anyTxId = StockChain.transactionId(chain.blocks().getLast().getData().getData(0));
    for (Draft draft : new SpecialProposals(parties, anyTxId).all()) {
      witness.answered(chain.height(), draft.signed(), stock1.process(draft.signed()));
    }
  }

  private TransactionBuilder plain(String key) {
    Draft draft =
        new ProposalBuilder(parties.client(), CHANNEL, "probe")
            .args("run", ScriptGenerator.op("put", key, "v").toString())
            .build();
    return endorsed(draft, List.of(stock1, stock2));
  }

  /** A batch size and an access rule by all administrators. */
  void updateLimits(int transactionsPerBlock) {
    Message size =
        BatchSize.newBuilder()
            .setMaxMessageCount(transactionsPerBlock)
            .setAbsoluteMaxBytes(20 << 20)
            .setPreferredMaxBytes(1 << 20)
            .build();
    Message rules =
        ACLs.newBuilder()
            .putAcls(
                "event/Block",
                APIResource.newBuilder().setPolicyRef("/Channel/Application/Readers").build())
            .putAcls(
                "qscc/GetTransactionByID",
                APIResource.newBuilder().setPolicyRef("/Channel/Application/Admins").build())
            .build();
    configure(
        new ConfigChange(CHANNEL, chain.config())
            .value(List.of("Orderer"), "BatchSize", size)
            .value(List.of("Application"), "ACLs", rules));
  }

  /** Has one organization's endorsement be enough where the channel's default policy holds. */
  void updateDefaultPolicy() {
    Policy any =
        Policy.newBuilder()
            .setType(Policy.PolicyType.IMPLICIT_META_VALUE)
            .setValue(
                ImplicitMetaPolicy.newBuilder()
                    .setRule(ImplicitMetaPolicy.Rule.ANY)
                    .setSubPolicy("Endorsement")
                    .build()
                    .toByteString())
            .build();
    configure(
        new ConfigChange(CHANNEL, chain.config())
            .policy(List.of("Application"), "Endorsement", any));
  }

  private void configure(ConfigChange change) {
    long refused = chain.refused();
    chain.broadcast(
        List.of(
            change.envelope(
                parties.admin1(), List.of(parties.admin1(), parties.admin2(), ordererAdmin()))));
    if (chain.refused() > refused) {
      throw new NetworkException("the orderer refuses the configuration update");
    }
    settle();
  }

  private Party ordererAdmin() {
    return Party.load(
        network.crypto().resolve("ordererOrganizations/example.com/users/Admin@example.com/msp"),
        "OrdererMSP");
  }

  @Override
  public void close() {
    threads.shutdownNow();
    stock1.close();
    stock2.close();
    orderer.close();
  }
}
