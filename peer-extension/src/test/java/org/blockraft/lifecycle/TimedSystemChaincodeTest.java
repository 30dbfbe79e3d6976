package org.blockraft.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.blockraft.chaincode.SystemChaincode;
import org.blockraft.chaincode.SystemChaincodeCall;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.junit.jupiter.api.Test;

class TimedSystemChaincodeTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Response OK = Response.newBuilder().setStatus(200).build();

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);

  @Test
  void shouldAnswerStocksErrorWhenTheTimeIsOverAndLetTheWorkGoOn() throws InterruptedException {
    SystemChaincode timed = timed("cscc", SHORT, SHORT);

    LifecycleException failure =
        assertThrows(LifecycleException.class, () -> timed.invoke(call("JoinChain")));

    assertEquals(
        "error sending: timeout expired while executing transaction", failure.getMessage());
    double timeouts =
        meters.get("chaincode.execute_timeouts").tag("chaincode", "cscc.syscc").counter().count();
    assertEquals(1, timeouts);
    release.countDown();
    assertTrue(finished.await(20, TimeUnit.SECONDS));
  }

  @Test
  void shouldGiveAnInstallationItsOwnTime() {
    SystemChaincode timed = timed("_lifecycle", SHORT, LONG);
    assertThrows(LifecycleException.class, () -> timed.invoke(call("QueryInstalledChaincodes")));

    release.countDown();

    assertEquals(OK, timed.invoke(call("InstallChaincode")));
  }

  @Test
  void shouldNotGiveAnInstallationLessTimeThanAnyOtherCall() {
    release.countDown();

    assertEquals(OK, timed("_lifecycle", LONG, Duration.ZERO).invoke(call("InstallChaincode")));
  }

  @Test
  void shouldPassFailuresOn() {
    SystemChaincode failing =
        new SystemChaincode() {
          @Override
          public String name() {
            return "qscc";
          }

          @Override
          public Response invoke(SystemChaincodeCall call) {
            throw new LifecycleException("no");
          }
        };

    TimedSystemChaincode timed = new TimedSystemChaincode(failing, LONG, LONG, meters);

    assertEquals(
        "no", assertThrows(LifecycleException.class, () -> timed.invoke(call("x"))).getMessage());
  }

  private SystemChaincode timed(String name, Duration execute, Duration install) {
    SystemChaincode waiting =
        new SystemChaincode() {
          @Override
          public String name() {
            return name;
          }

          @Override
          public Response invoke(SystemChaincodeCall call) {
            try {
              release.await(LONG.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            finished.countDown();
            return OK;
          }
        };
    return new TimedSystemChaincode(waiting, execute, install, meters);
  }

  private static SystemChaincodeCall call(String operation) {
    return new SystemChaincodeCall(
        "",
        "tx",
        List.of(ByteString.copyFromUtf8(operation)),
        SignedProposal.getDefaultInstance(),
        null,
        true);
  }
}
