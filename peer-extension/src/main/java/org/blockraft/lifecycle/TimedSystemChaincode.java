package org.blockraft.lifecycle;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.blockraft.chaincode.SystemChaincode;
import org.blockraft.chaincode.SystemChaincodeCall;
import org.hyperledger.fabric.protos.peer.Response;

/**
 * A system chaincode within the time that chaincode has. A call that takes longer is answered with
 * stock's error; what it does goes on, so that a package that took long to build is installed when
 * its client asks again. Safe for use by many threads.
 *
 * <p>Fabric: core/chaincode/chaincode_support.go executeTimeout.
 */
public final class TimedSystemChaincode implements SystemChaincode {
  /** What may build a chaincode, and so has the time of an installation. */
  private static final Map<String, Set<String>> INSTALLING =
      Map.of("_lifecycle", Set.of("InstallChaincode"), "lscc", Set.of("install"));

  private final SystemChaincode timed;
  private final Duration execute;
  private final Duration install;
  private final MeterRegistry meters;

  /**
   * @param execute {@code chaincode.executetimeout}
   * @param install {@code chaincode.installTimeout}; no less than {@code execute} is given
   */
  public TimedSystemChaincode(
      SystemChaincode timed, Duration execute, Duration install, MeterRegistry meters) {
    this.timed = timed;
    this.execute = execute;
    this.install = install.compareTo(execute) > 0 ? install : execute;
    this.meters = meters;
  }

  @Override
  public String name() {
    return timed.name();
  }

  @Override
  public Response invoke(SystemChaincodeCall call) {
    Duration limit = limit(call);
    if (call.simulator() != null) {
      return invokeHere(call, limit);
    }
    FutureTask<Response> task = new FutureTask<>(() -> timed.invoke(call));
    Thread.ofVirtual().name(name() + "-" + call.txId()).start(task);
    try {
      return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw timedOut();
    } catch (ExecutionException e) {
      throw unwrapped(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LifecycleException("error sending: interrupted", e);
    }
  }

  /** The simulator ends with its proposal, so no other thread may still be reading it then. */
  private Response invokeHere(SystemChaincodeCall call, Duration limit) {
    long start = System.nanoTime();
    Response response = timed.invoke(call);
    if (System.nanoTime() - start > limit.toNanos()) {
      throw timedOut();
    }
    return response;
  }

  private Duration limit(SystemChaincodeCall call) {
    String operation = call.args().isEmpty() ? "" : call.args().getFirst().toStringUtf8();
    return INSTALLING.getOrDefault(name(), Set.of()).contains(operation) ? install : execute;
  }

  private LifecycleException timedOut() {
    Counter.builder("chaincode.execute_timeouts")
        .description("The number of chaincode executions (Init or Invoke) that have timed out.")
        .tag("chaincode", name() + "." + PeerChannelServices.SYSTEM_VERSION)
        .register(meters)
        .increment();
    return new LifecycleException("error sending: timeout expired while executing transaction");
  }

  private static RuntimeException unwrapped(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException failure -> failure;
      case Error error -> throw error;
      default -> new IllegalStateException(e.getCause());
    };
  }
}
