package org.blockraft.wallet;

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
 * Accounts with a balance in whole units: the wallet workload of the BlockRaFT paper.
 *
 * <p>State: key {@code wallet<account>}, value the balance as decimal digits.
 */
@Contract(
    name = "wallet",
    info = @Info(title = "Wallet", description = "Accounts with balances", version = "1.0"))
@Default
public final class WalletContract implements ContractInterface {
  private static final String KEY_PREFIX = "wallet";

  /** Adds to an account, which comes into being with its first deposit; returns the balance. */
  @Transaction(intent = Transaction.TYPE.SUBMIT)
  public long deposit(Context context, String account, long amount) {
    ChaincodeStub stub = context.getStub();
    requirePositive(amount);
    byte[] stored = stub.getState(key(account));
    return write(stub, account, Math.addExact(stored.length == 0 ? 0 : parse(stored), amount));
  }

  /** Takes from an account; returns the balance. */
  @Transaction(intent = Transaction.TYPE.SUBMIT)
  public long withdraw(Context context, String account, long amount) {
    ChaincodeStub stub = context.getStub();
    requirePositive(amount);
    return write(stub, account, less(balanceOf(stub, account), account, amount));
  }

  /** Moves an amount between two accounts; to oneself it changes nothing. */
  @Transaction(intent = Transaction.TYPE.SUBMIT)
  public void transfer(Context context, String from, String to, long amount) {
    ChaincodeStub stub = context.getStub();
    requirePositive(amount);
    long remaining = less(balanceOf(stub, from), from, amount);
    if (from.equals(to)) {
      return;
    }
    long increased = Math.addExact(balanceOf(stub, to), amount);
    write(stub, from, remaining);
    write(stub, to, increased);
  }

  /** The balance of an account. */
  @Transaction(intent = Transaction.TYPE.EVALUATE)
  public long balance(Context context, String account) {
    return balanceOf(context.getStub(), account);
  }

  private static long less(long balance, String account, long amount) {
    if (balance < amount) {
      throw new ChaincodeException(
          "account %s holds %d, less than %d".formatted(account, balance, amount));
    }
    return balance - amount;
  }

  private static void requirePositive(long amount) {
    if (amount <= 0) {
      throw new ChaincodeException("the amount must be positive, not " + amount);
    }
  }

  private static long balanceOf(ChaincodeStub stub, String account) {
    byte[] stored = stub.getState(key(account));
    if (stored.length == 0) {
      throw new ChaincodeException("there is no account " + account);
    }
    return parse(stored);
  }

  private static long write(ChaincodeStub stub, String account, long balance) {
    stub.putState(key(account), Long.toString(balance).getBytes(StandardCharsets.UTF_8));
    return balance;
  }

  private static long parse(byte[] stored) {
    return Long.parseLong(new String(stored, StandardCharsets.UTF_8));
  }

  private static String key(String account) {
    return KEY_PREFIX + account;
  }
}
