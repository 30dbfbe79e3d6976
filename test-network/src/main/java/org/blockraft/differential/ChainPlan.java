package org.blockraft.differential;

import com.google.protobuf.ByteString;
import java.io.IOException;

/**
 * What a compared chain consists of: conflicts, deletes, ranges, private data and key-level
 * policies in random rounds; every fault and forgery; an upgrade of the chaincode, two changes of
 * its policy, two configuration updates, duplicate ids throughout.
 *
 * @param rounds random rounds in each of four parts
 * @param size proposals of a round
 */
record ChainPlan(int rounds, int size) {
  private static final int LATER_BLOCK_TRANSACTIONS = 37;

  void run(ChainDriver driver) throws IOException {
    Deployment probe = deploy(driver);
    rounds(driver);
    driver.everyFault();
    driver.updateLimits(LATER_BLOCK_TRANSACTIONS);
    rounds(driver);
    ByteString both = Policies.application(Policies.of(2, "peer", "Org1MSP", "Org2MSP"));
    Deployment upgraded = probe.next("2.0", "probe_2", both);
    driver.deploy(upgraded);
    rounds(driver);
    driver.updateDefaultPolicy();
    driver.deploy(upgraded.next("2.0", "probe_2", ByteString.EMPTY));
    rounds(driver);
    driver.everyFault();
    driver.specialProposals();
    driver.forge();
  }

  /** Has the stock peers join and the chaincodes deployed. */
  static Deployment deploy(ChainDriver driver) {
    driver.join();
    Deployment probe = ChainDriver.probe();
    driver.deploy(probe);
    driver.deploy(ChainDriver.other());
    driver.initialize("other");
    return probe;
  }

  private void rounds(ChainDriver driver) {
    for (int i = 0; i < rounds; i++) {
      driver.round(size);
    }
  }
}
