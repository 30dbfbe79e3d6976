package org.blockraft.operations;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the meters to a statsd daemon at an interval. A daemon that cannot be reached loses the
 * reports of that time.
 *
 * <p>Fabric source: core/operations/system.go startMetricsTickers, common/metrics/statsd.
 */
public final class StatsdReporter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatsdReporter.class);

  /** How long a connection may take; a report is not worth more. */
  private static final int CONNECT_MILLIS = 2000;

  /** What fits into a datagram on every network. */
  private static final int DATAGRAM_BYTES_MAX = 1400;

  private final StatsdSettings settings;
  private final FabricMeterRegistry meters;
  private final StatsdLines lines;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("statsd").daemon().factory());
  private Socket connection;

  public StatsdReporter(StatsdSettings settings, FabricMeterRegistry meters) {
    this.settings = settings;
    this.meters = meters;
    this.lines = new StatsdLines(settings.prefix());
  }

  /**
   * Begins to report.
   *
   * @throws IOException when the daemon is to be reached over TCP and is not
   */
  public void start() throws IOException {
    if (settings.tcp()) {
      connect();
    }
    long millis = settings.writeInterval().toMillis();
    var _ = timer.scheduleAtFixedRate(this::report, millis, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    disconnect();
  }

  private synchronized void report() {
    List<String> report = new ArrayList<>(runtime());
    report.addAll(lines.of(meters.getMeters()));
    try {
      if (settings.tcp()) {
        sendStream(report);
      } else {
        sendDatagrams(report);
      }
    } catch (IOException e) {
      LOG.warn("Cannot report to statsd at {}: {}", settings.address(), e.getMessage());
      disconnect();
    } catch (RuntimeException e) {
      // The timer must go on.
      LOG.error("Cannot make a report for statsd", e);
    }
  }

  private List<String> runtime() {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    long collections = 0;
    long pauseMillis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections += Math.max(0, collector.getCollectionCount());
      pauseMillis += Math.max(0, collector.getCollectionTime());
    }
    return List.of(
        lines.gauge("go.goroutine_count", ManagementFactory.getThreadMXBean().getThreadCount()),
        lines.gauge("go.mem.heap_alloc_bytes", (double) heap.getUsed()),
        lines.gauge("go.mem.heap_inuse_bytes", (double) heap.getUsed()),
        lines.gauge("go.mem.heap_sys_bytes", (double) heap.getCommitted()),
        lines.gauge("go.mem.gc_pause_total_ns", pauseMillis * 1e6),
        lines.gauge("go.mem.gc_completed_count", (double) collections));
  }

  private synchronized void connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(settings.address(), CONNECT_MILLIS);
    connection = socket;
  }

  private synchronized void disconnect() {
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        LOG.debug("Closing the connection to statsd", e);
      }
      connection = null;
    }
  }

  private void sendStream(List<String> report) throws IOException {
    if (connection == null) {
      connect();
    }
    OutputStream out = connection.getOutputStream();
    out.write((String.join("\n", report) + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void sendDatagrams(List<String> report) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      StringBuilder datagram = new StringBuilder();
      for (String line : report) {
        if (datagram.length() + line.length() + 1 > DATAGRAM_BYTES_MAX && !datagram.isEmpty()) {
          send(socket, datagram);
        }
        datagram.append(line).append('\n');
      }
      send(socket, datagram);
    }
  }

  private void send(DatagramSocket socket, StringBuilder datagram) throws IOException {
    byte[] bytes = datagram.toString().getBytes(StandardCharsets.UTF_8);
    socket.send(new DatagramPacket(bytes, bytes.length, settings.address()));
    datagram.setLength(0);
  }
}
