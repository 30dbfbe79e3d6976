package org.blockraft.operations;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/**
 * Figures of the process itself under the names that dashboards of Go programs look for. What has
 * no equal in Java stands for its nearest relation: go_gc_duration_seconds are the pauses of the
 * collectors, go_goroutines the platform threads.
 */
final class RuntimeMetrics {
  /** How many of the latest pauses the quantiles are taken over. */
  private static final int PAUSES_MAX = 256;

  private final double[] pauses = new double[PAUSES_MAX];
  private long pauseCount;
  private double pauseSum;

  RuntimeMetrics() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (collector instanceof NotificationEmitter emitter) {
        emitter.addNotificationListener((n, _) -> collected(n), null, null);
      }
    }
  }

  private void collected(Notification notification) {
    if (GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION.equals(
            notification.getType())
        && notification.getUserData() instanceof CompositeData data) {
      double seconds = GarbageCollectionNotificationInfo.from(data).getGcInfo().getDuration() / 1e3;
      synchronized (this) {
        pauses[(int) (pauseCount++ % PAUSES_MAX)] = seconds;
        pauseSum += seconds;
      }
    }
  }

  List<MetricFamily> families() {
    var runtime = ManagementFactory.getRuntimeMXBean();
    var threads = ManagementFactory.getThreadMXBean();
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    List<MetricFamily> families = new ArrayList<>();
    families.add(pauseSummary());
    families.add(
        gauge(
            "go_goroutines", "Number of threads that currently exist.", threads.getThreadCount()));
    families.add(gauge("go_threads", "Number of OS threads created.", threads.getThreadCount()));
    families.add(
        gauge(
            "go_memstats_alloc_bytes",
            "Number of bytes allocated and still in use.",
            (double) heap.getUsed()));
    families.add(
        gauge(
            "go_memstats_heap_alloc_bytes",
            "Number of heap bytes allocated and still in use.",
            (double) heap.getUsed()));
    families.add(
        gauge(
            "go_memstats_heap_inuse_bytes",
            "Number of heap bytes that are in use.",
            (double) heap.getUsed()));
    families.add(
        gauge(
            "go_memstats_heap_sys_bytes",
            "Number of heap bytes obtained from system.",
            (double) heap.getCommitted()));
    families.add(
        gauge(
            "process_start_time_seconds",
            "Start time of the process since unix epoch in seconds.",
            runtime.getStartTime() / 1e3));
    addProcess(families);
    addMemory(families);
    return families;
  }

  private static MetricFamily gauge(String name, String help, double value) {
    return MetricFamily.single(name, help, "gauge", value);
  }

  private static void addProcess(List<MetricFamily> families) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os) {
      families.add(
          MetricFamily.single(
              "process_cpu_seconds_total",
              "Total user and system CPU time spent in seconds.",
              "counter",
              os.getProcessCpuTime() / 1e9));
      families.add(
          gauge(
              "process_open_fds",
              "Number of open file descriptors.",
              (double) os.getOpenFileDescriptorCount()));
      families.add(
          gauge(
              "process_max_fds",
              "Maximum number of open file descriptors.",
              (double) os.getMaxFileDescriptorCount()));
    }
  }

  /** Sizes from /proc, in pages of 4 KiB; left out where there is no /proc. */
  private static void addMemory(List<MetricFamily> families) {
    try {
      String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ");
      double pageBytes = 4096;
      families.add(
          gauge(
              "process_virtual_memory_bytes",
              "Virtual memory size in bytes.",
              Long.parseLong(pages[0]) * pageBytes));
      families.add(
          gauge(
              "process_resident_memory_bytes",
              "Resident memory size in bytes.",
              Long.parseLong(pages[1]) * pageBytes));
    } catch (java.io.IOException | NumberFormatException e) {
      // Another operating system: these two figures are not worth more than their absence.
    }
  }

  private synchronized MetricFamily pauseSummary() {
    double[] sorted = Arrays.copyOf(pauses, (int) Math.min(pauseCount, PAUSES_MAX));
    Arrays.sort(sorted);
    List<MetricFamily.Sample> samples = new ArrayList<>();
    for (String quantile : List.of("0", "0.25", "0.5", "0.75", "1")) {
      int index = (int) Math.round(Double.parseDouble(quantile) * (sorted.length - 1));
      double value = sorted.length == 0 ? 0 : sorted[index];
      samples.add(new MetricFamily.Sample("", "quantile=\"" + quantile + "\"", value));
    }
    samples.add(new MetricFamily.Sample("_sum", "", pauseSum));
    samples.add(new MetricFamily.Sample("_count", "", pauseCount));
    return new MetricFamily(
        "go_gc_duration_seconds",
        "A summary of the pause duration of garbage collection cycles.",
        "summary",
        samples);
  }
}
