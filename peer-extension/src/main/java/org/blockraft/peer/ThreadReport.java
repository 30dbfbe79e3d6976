package org.blockraft.peer;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;

/** What every platform thread is doing: the counterpart of stock's report of goroutines. */
final class ThreadReport {
  private ThreadReport() {}

  static String text() {
    StringBuilder report = new StringBuilder();
    for (ThreadInfo thread : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)) {
      report.append(thread);
    }
    return report.toString();
  }
}
