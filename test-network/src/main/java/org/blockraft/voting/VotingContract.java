package org.blockraft.voting;

import java.nio.charset.StandardCharsets;
import org.hyperledger.fabric.contract.Context;
import org.hyperledger.fabric.contract.ContractInterface;
import org.hyperledger.fabric.contract.annotation.Contract;
import org.hyperledger.fabric.contract.annotation.Default;
import org.hyperledger.fabric.contract.annotation.Info;
import org.hyperledger.fabric.contract.annotation.Transaction;
import org.hyperledger.fabric.shim.ChaincodeException;
import org.hyperledger.fabric.shim.ChaincodeStub;

/**
 * Voters hold votes, pass them on or cast them for candidates: the voting workload of the BlockRaFT
 * paper.
 *
 * <p>State: keys {@code voter<name>} and {@code candidate<name>}, value the number of votes as
 * decimal digits.
 */
@Contract(
    name = "voting",
    info = @Info(title = "Voting", description = "Voters and candidates", version = "1.0"))
@Default
public final class VotingContract implements ContractInterface {
  private static final String VOTER = "voter";
  private static final String CANDIDATE = "candidate";

  /** Registers a voter with a number of votes. */
  @Transaction(intent = Transaction.TYPE.SUBMIT)
  public void register(Context context, String voter, long votes) {
    if (votes < 0) {
      throw new ChaincodeException("a voter cannot hold " + votes + " votes");
    }
    create(context.getStub(), VOTER, voter, votes);
  }

  /** Registers a candidate with no votes. */
  @Transaction(intent = Transaction.TYPE.SUBMIT)
  public void registerCandidate(Context context, String candidate) {
    create(context.getStub(), CANDIDATE, candidate, 0);
  }

  /** Casts one vote of a voter for a candidate. */
  @Transaction(intent = Transaction.TYPE.SUBMIT)
  public void cast(Context context, String voter, String candidate) {
    ChaincodeStub stub = context.getStub();
    long held = less(votes(stub, VOTER, voter), voter, 1);
    long received = Math.addExact(votes(stub, CANDIDATE, candidate), 1);
    write(stub, VOTER, voter, held);
    write(stub, CANDIDATE, candidate, received);
  }

  /** Passes votes from one voter to another; to oneself it changes nothing. */
  @Transaction(intent = Transaction.TYPE.SUBMIT)
  public void transfer(Context context, String from, String to, long count) {
    ChaincodeStub stub = context.getStub();
    if (count <= 0) {
      throw new ChaincodeException("the number of votes must be positive, not " + count);
    }
    long remaining = less(votes(stub, VOTER, from), from, count);
    if (from.equals(to)) {
      return;
    }
    long increased = Math.addExact(votes(stub, VOTER, to), count);
    write(stub, VOTER, from, remaining);
    write(stub, VOTER, to, increased);
  }

  /** The votes that a voter still holds. */
  @Transaction(intent = Transaction.TYPE.EVALUATE)
  public long votesOf(Context context, String voter) {
    return votes(context.getStub(), VOTER, voter);
  }

  /** The votes that a candidate has received. */
  @Transaction(intent = Transaction.TYPE.EVALUATE)
  public long result(Context context, String candidate) {
    return votes(context.getStub(), CANDIDATE, candidate);
  }

  private static void create(ChaincodeStub stub, String kind, String name, long votes) {
    if (stub.getState(kind + name).length != 0) {
      throw new ChaincodeException("%s %s is registered already".formatted(kind, name));
    }
    write(stub, kind, name, votes);
  }

  private static long less(long held, String voter, long count) {
    if (held < count) {
      throw new ChaincodeException(
          "voter %s holds %d votes, less than %d".formatted(voter, held, count));
    }
    return held - count;
  }

  private static long votes(ChaincodeStub stub, String kind, String name) {
    byte[] stored = stub.getState(kind + name);
    if (stored.length == 0) {
      throw new ChaincodeException("there is no %s %s".formatted(kind, name));
    }
    return Long.parseLong(new String(stored, StandardCharsets.UTF_8));
  }

  private static void write(ChaincodeStub stub, String kind, String name, long votes) {
    stub.putState(kind + name, Long.toString(votes).getBytes(StandardCharsets.UTF_8));
  }
}
