package org.blockraft.operations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * The operations endpoint: /healthz, /version, /logspec and /metrics, and what is added. With TLS,
 * all ask for a client certificate but /healthz and /version. Each request runs on a virtual thread
 * of its own.
 *
 * <p>Fabric source: core/operations/system.go, common/fabhttp/server.go,
 * common/flogging/httpadmin/spec.go.
 */
public final class OperationsServer implements AutoCloseable {
  /** A body longer than any specification is not read. */
  private static final int SPEC_BYTES_MAX = 1 << 20;

  /** How long open requests may go on after close, in seconds. */
  private static final int STOP_SECONDS = 0;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HealthChecks health;
  private final LogSpec logSpec;
  private final FabricMeterRegistry metrics;
  private final VersionInfo version;
  private final InstantSource clock;
  private final boolean tls;

  /**
   * Binds the address; requests are answered after {@link #start}.
   *
   * @throws IOException when the address cannot be bound
   */
  public OperationsServer(
      OperationsSettings settings,
      HealthChecks health,
      LogSpec logSpec,
      FabricMeterRegistry metrics,
      VersionInfo version,
      InstantSource clock)
      throws IOException {
    this.health = health;
    this.logSpec = logSpec;
    this.metrics = metrics;
    this.version = version;
    this.clock = clock;
    this.server = bind(settings);
    this.tls = settings.tls().isPresent();
    serve("/healthz", false, this::healthz);
    serve("/version", false, this::version);
    serve("/logspec", tls, this::logspec);
    if (settings.metricsShown()) {
      serve("/metrics", tls, this::metrics);
    }
    server.createContext("/", OperationsServer::notFound);
    server.setExecutor(threads);
    logSpec.countInto(metrics);
    Gauge.builder("fabric_version", () -> 1)
        .description("The active version of Fabric.")
        .tag("version", version.version())
        .strongReference(true)
        .register(metrics);
  }

  /**
   * Adds a page that is read only. With TLS it asks for a client certificate, as /metrics does.
   *
   * @param json the page's content at the moment
   */
  public void page(String path, Supplier<String> json) {
    serve(
        path,
        tls,
        exchange -> {
          if (exchange.getRequestMethod().equals("GET")) {
            send(exchange, 200, "application/json", json.get());
          } else {
            send(exchange, 405, "", "");
          }
        });
  }

  /** Begins to answer. */
  public void start() {
    server.start();
  }

  /** Where it listens; the port is the real one. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(STOP_SECONDS);
    threads.shutdownNow();
  }

  private static HttpServer bind(OperationsSettings settings) throws IOException {
    try {
      return open(settings);
    } catch (BindException e) {
      throw new IOException(
          "operations server cannot listen on %s: %s".formatted(settings.address(), e.getMessage()),
          e);
    }
  }

  private static HttpServer open(OperationsSettings settings) throws IOException {
    if (settings.tls().isEmpty()) {
      return HttpServer.create(settings.address(), 0);
    }
    OperationsTls tls = settings.tls().get();
    HttpsServer server = HttpsServer.create(settings.address(), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls.context()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
            ssl.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            if (tls.clientCertRequired()) {
              ssl.setNeedClientAuth(true);
            } else {
              ssl.setWantClientAuth(true);
            }
            parameters.setSSLParameters(ssl);
          }
        });
    return server;
  }

  private void serve(String path, boolean certRequired, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          if (!exchange.getRequestURI().getPath().equals(path)) {
            notFound(exchange);
          } else if (certRequired && !hasClientCertificate(exchange)) {
            send(exchange, 401, "", "");
          } else {
            handler.handle(exchange);
          }
        });
  }

  private static boolean hasClientCertificate(HttpExchange exchange) {
    try {
      return exchange instanceof HttpsExchange https
          && https.getSSLSession().getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException e) {
      return false;
    }
  }

  private void healthz(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("GET")) {
      send(exchange, 405, "", "");
      return;
    }
    List<HealthChecks.Failed> failed = health.run();
    StringBuilder json = new StringBuilder("{\"status\":");
    json.append(failed.isEmpty() ? "\"OK\"" : "\"Service Unavailable\"");
    json.append(",\"time\":").append(GoJson.quote(now()));
    for (int i = 0; i < failed.size(); i++) {
      json.append(i == 0 ? ",\"failed_checks\":[" : ",")
          .append("{\"component\":")
          .append(GoJson.quote(failed.get(i).component()))
          .append(",\"reason\":")
          .append(GoJson.quote(failed.get(i).reason()))
          .append(i == failed.size() - 1 ? "}]" : "}");
    }
    send(exchange, failed.isEmpty() ? 200 : 503, "application/json", json.append('}').toString());
  }

  private String now() {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
        ZonedDateTime.ofInstant(clock.instant(), ZoneId.systemDefault()));
  }

  private void version(HttpExchange exchange) throws IOException {
    if (exchange.getRequestMethod().equals("GET")) {
      send(exchange, 200, "application/json", version.json());
    } else {
      String text = "invalid request method: " + exchange.getRequestMethod();
      send(exchange, 400, "application/json", "{\"Error\":" + GoJson.quote(text) + "}");
    }
  }

  private void logspec(HttpExchange exchange) throws IOException {
    switch (exchange.getRequestMethod()) {
      case "GET" ->
          send(
              exchange,
              200,
              "application/json",
              "{\"spec\":" + GoJson.quote(logSpec.spec()) + "}\n");
      case "PUT" -> {
        try {
          logSpec.activate(readSpec(exchange));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        } catch (JsonProcessingException e) {
          sendError(exchange, e.getOriginalMessage());
        } catch (LogSpec.BadSpec e) {
          sendError(exchange, e.getMessage());
        }
      }
      default -> sendError(exchange, "invalid request method: " + exchange.getRequestMethod());
    }
  }

  private static String readSpec(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(SPEC_BYTES_MAX);
    String text = new String(body, StandardCharsets.UTF_8).strip();
    if (text.isEmpty()) {
      throw new LogSpec.BadSpec("EOF");
    }
    if (!"{\"n[tf-0123456789".contains(text.substring(0, 1))) {
      throw new LogSpec.BadSpec(
          "invalid character '" + text.charAt(0) + "' looking for beginning of value");
    }
    JsonNode json = JSON.readTree(text);
    JsonNode spec = json.get("spec");
    return spec == null || spec.isNull() ? "" : spec.asText();
  }

  private static void sendError(HttpExchange exchange, String text) throws IOException {
    send(exchange, 400, "application/json", "{\"error\":" + GoJson.quote(text) + "}\n");
  }

  private void metrics(HttpExchange exchange) throws IOException {
    send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape());
  }

  private static void notFound(HttpExchange exchange) throws IOException {
    send(exchange, 404, "text/plain; charset=utf-8", "404 page not found\n");
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    if (!type.isEmpty()) {
      exchange.getResponseHeaders().set("Content-Type", type);
    }
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }
}
